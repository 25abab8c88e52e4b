"""Kernels are compiled once, before the workers start: each would compile them for itself."""

import pytest

from atoopt.stock.kernels import compile_cold


def pytest_configure(config: pytest.Config) -> None:
    """Fill the cache in the process that starts the workers."""
    if not hasattr(config, "workerinput"):
        compile_cold()
