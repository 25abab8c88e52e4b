"""Instances and settings shared by the tests of product architectures."""

from __future__ import annotations

from pathlib import Path

import pytest

import atoopt
from atoopt.architecture import ArchitectureInstance

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def clippers() -> ArchitectureInstance:
    """Return the three nail clippers."""
    return atoopt.load(ROOT / "instances/architecture/nail-clippers.json")


@pytest.fixture(scope="session")
def columns() -> ArchitectureInstance:
    """Return three manual and three electric steering columns."""
    return atoopt.load(ROOT / "instances/architecture/steering-columns.json")
