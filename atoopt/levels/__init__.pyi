from .evaluation import Evaluation, evaluate, evaluate_levels
from .exact import expected_backorders, fill_rate_bounds, item_fill_rates, order_fill_rates
from .instance import LevelsInstance
from .parts import Costs, LeadTimes, Module, Order, Target
from .system import System

__all__ = [
    "Costs",
    "Evaluation",
    "LeadTimes",
    "LevelsInstance",
    "Module",
    "Order",
    "System",
    "Target",
    "evaluate",
    "evaluate_levels",
    "expected_backorders",
    "fill_rate_bounds",
    "item_fill_rates",
    "order_fill_rates",
]
