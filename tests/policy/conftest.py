"""Instances and settings shared by the tests of the policy problem."""

from __future__ import annotations

import pytest

import atoopt
from atoopt.policy import PolicyInstance

# The first call of a kernel compiles it, and machines differ: no test fails for its pace.


@pytest.fixture(scope="session")
def plates_12() -> PolicyInstance:
    """Return the named instance with every key of the format."""
    return atoopt.load("instances/policy/plates-12.json")


@pytest.fixture(scope="session")
def plates_60() -> PolicyInstance:
    """Return a small generated instance."""
    return atoopt.load("instances/policy/plates-60.json")


@pytest.fixture(scope="session")
def plates_425() -> PolicyInstance:
    """Return the instance with the totals of the published case."""
    return atoopt.load("instances/policy/plates-425.json")
