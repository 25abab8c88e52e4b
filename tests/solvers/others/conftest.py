"""Solvers that are here, and small models for all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from atoopt.solvers.catalogue import SOLVERS

ORACLES = Path(__file__).parents[4] / "shared" / "data" / "oracles"
ASSIGNMENT = ORACLES / "generalized_assignment.mps"

HERE = [
    pytest.param(
        name, marks=[] if each.is_here else pytest.mark.skip(reason=f"{name} is not installed: {each.install}")
    )
    for name, each in SOLVERS.items()
]
"""Every solver of the list, to run a test over; what is not here is skipped with the reason."""
