from .definition import Definition, read_definition
from .study import Study

__all__ = ["Definition", "Study", "read_definition"]
