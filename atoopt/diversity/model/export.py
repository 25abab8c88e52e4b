"""The model of a diversity instance as a file."""

from __future__ import annotations

import os
from typing import Any

from atoopt.diversity.instance import DiversityInstance
from atoopt.diversity.model.formulation import build
from atoopt.solvers.model_files import write_model


def export_model(instance: DiversityInstance, file: str | os.PathLike[str]) -> Any:
    """Write the p-median model of an instance to an LP or MPS file, and return it.

    Raises
    ------
    InputError
        No such suffix, or the file cannot be written.
    """
    model = build(instance)
    write_model(model, file)
    return model
