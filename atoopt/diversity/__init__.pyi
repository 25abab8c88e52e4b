from .evaluation import Evaluation, evaluate, evaluate_positions
from .instance import DiversityInstance
from .model.formulation import build, variants_of

__all__ = [
    "DiversityInstance",
    "Evaluation",
    "build",
    "evaluate",
    "evaluate_positions",
    "variants_of",
]
