from .data.generate import plates
from .data.parts import read_parts
from .data.table import part_table
from .evaluation import Evaluation, Thresholds, evaluate, evaluate_mask
from .frontier.assignment import complete_front, pallets_above
from .instance import PolicyInstance
from .model.formulation import build, policy_of, process_hours
from .objective import Objective
from .pallets import Geometry, Pallet
from .part import EconomicOrder, Limits, Part
from .threshold.rules import grid, rules

__all__ = [
    "EconomicOrder",
    "Evaluation",
    "Geometry",
    "Limits",
    "Objective",
    "Pallet",
    "Part",
    "PolicyInstance",
    "Thresholds",
    "build",
    "complete_front",
    "evaluate",
    "evaluate_mask",
    "grid",
    "pallets_above",
    "part_table",
    "plates",
    "policy_of",
    "process_hours",
    "read_parts",
    "rules",
]
