"""Which parts to make to order (Bortolini, Faccio, Gamberi and Pilati 2019)."""

from atoopt.policy.evaluate import Evaluation, Thresholds, evaluate
from atoopt.policy.instance import PolicyInstance
from atoopt.policy.objective import Objective
from atoopt.policy.pallets import Geometry, Pallet
from atoopt.policy.part import EconomicOrder, Limits, Part

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
    "evaluate",
]
