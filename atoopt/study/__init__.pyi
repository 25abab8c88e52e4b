from .data import NothingMeasured, StudyData
from .definition import Definition, read_definition
from .study import Study

__all__ = ["Definition", "NothingMeasured", "Study", "StudyData", "read_definition"]
