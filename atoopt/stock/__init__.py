"""Which modules to pre-assemble and hold (da Cunha, Agard and Kusiak 2007)."""

from atoopt.stock.evaluate import Evaluation, evaluate
from atoopt.stock.instance import Costs, DeliveryRatio, Product, StockInstance

__all__ = ["Costs", "DeliveryRatio", "Evaluation", "Product", "StockInstance", "evaluate"]
