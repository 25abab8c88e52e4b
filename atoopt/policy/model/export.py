"""The model of a policy instance as a file."""

from __future__ import annotations

import os
from typing import Any

from atoopt.policy.instance import PolicyInstance
from atoopt.policy.model.formulation import build
from atoopt.solvers.model_files import write_model


def export_model(instance: PolicyInstance, file: str | os.PathLike[str]) -> Any:
    """Write the weighted-sum model of an instance to an LP or MPS file, and return it.

    Raises
    ------
    InputError
        No such suffix, or the file cannot be written.
    """
    model = build(instance)
    write_model(model, file)
    return model
