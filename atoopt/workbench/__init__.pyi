from .changes import changed, parse_change
from .compare import Comparison, compare
from .sweep import sweep

__all__ = ["Comparison", "changed", "compare", "parse_change", "sweep"]
