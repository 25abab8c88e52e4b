from .demand import demand_concentration
from .front import plot_front
from .hybrid_graph import hybrid_layers
from .levels import levels_by_module, plot_strategies
from .profile import plot_profile
from .saving import save_axes
from .similarity import similarity_map
from .stock import stock_map

__all__ = [
    "demand_concentration", "hybrid_layers", "levels_by_module", "plot_front", "plot_profile", "plot_strategies",
    "save_axes", "similarity_map", "stock_map",
]  # fmt: skip
