from .candidates import n_subsets
from .data.generate import configurable, harness_orders, laptops, log_normal, pc_maker, sparse, uniform, wire_harness
from .data.orders import read_orders
from .evaluation import Evaluation, evaluate, evaluate_masks
from .instance import Costs, DeliveryRatio, Product, StockInstance
from .model.export import export_model
from .model.formulation import FORMULATIONS, build, stock_of

__all__ = [
    "FORMULATIONS",
    "Costs",
    "DeliveryRatio",
    "Evaluation",
    "Product",
    "StockInstance",
    "build",
    "configurable",
    "evaluate",
    "evaluate_masks",
    "export_model",
    "harness_orders",
    "laptops",
    "log_normal",
    "n_subsets",
    "pc_maker",
    "read_orders",
    "sparse",
    "stock_of",
    "uniform",
    "wire_harness",
]
