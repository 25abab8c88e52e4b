"""Kernels are compiled once, before the workers start: each would compile them for itself."""

import pytest
from hypothesis import settings

from atoopt.kernels.groups import GROUPS
from atoopt.kernels.prepare import prepare
from tests.browser import browser, opened  # noqa: F401 -- fixtures of every test of a page

settings.register_profile("atoopt", deadline=None, print_blob=True)  # a shared machine keeps no deadline
settings.load_profile("atoopt")

collect_ignore = ["bench"]  # run by hand, and in part by other interpreters: what these import is not installed here


def pytest_configure(config: pytest.Config) -> None:
    """Fill the cache in the process that starts the workers."""
    if not hasattr(config, "workerinput"):
        prepare(GROUPS)
