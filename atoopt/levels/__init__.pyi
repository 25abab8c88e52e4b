from .data.parts import Costs, LeadTimes, Module, Order, Target
from .evaluation import Evaluation, evaluate, evaluate_levels
from .exact import expected_backorders, fill_rate_bounds, item_fill_rates, order_fill_rates
from .instance import LevelsInstance
from .newsvendor import normal_base_stock, poisson_base_stock, pooled_sd, postponement_value, safety_stock
from .simulation import replay, simulate
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
    "normal_base_stock",
    "order_fill_rates",
    "poisson_base_stock",
    "pooled_sd",
    "postponement_value",
    "replay",
    "safety_stock",
    "simulate",
]
