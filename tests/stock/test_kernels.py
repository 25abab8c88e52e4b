"""What groups compile is what methods call: no method compiles anything once its groups are ready."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from numba.core import event

import atoopt
from atoopt.kernels.groups import GROUPS
from atoopt.kernels.prepare import is_ready
from atoopt.stock.auto import groups_of_auto
from atoopt.stock.ready import FOR_ANNEALING, FOR_DECOMPOSITION, FOR_DENSE


class Compilations(event.Listener):
    """Notes the names of functions that are compiled."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def on_start(self, event: Any) -> None:
        """Note one."""
        self.names.append(event.data["dispatcher"].py_func.__qualname__)

    def on_end(self, event: Any) -> None:
        """Do nothing."""


@pytest.fixture
def compiled() -> Iterator[list[str]]:
    """Return what is compiled during a test."""
    listener = Compilations()
    with event.install_listener("numba:compile", listener):
        yield listener.names


def stock(name: str) -> Any:
    """Return a named instance."""
    return atoopt.load(f"instances/stock/{name}.json")


RUNS: dict[str, Callable[[], object]] = {
    "auto": lambda: atoopt.solve(stock("uniform-5")),
    "annealing": lambda: atoopt.solve(stock("harness-12"), "annealing", time_limit=0.5),
    "module-frequency": lambda: atoopt.solve(stock("harness-12"), "module-frequency"),
    "decomposition": lambda: atoopt.solve(stock("harness-12"), "decomposition", time_limit=3),
    "dense": lambda: atoopt.solve(stock("log-normal-8"), "decomposition", time_limit=1),
    "enumeration": lambda: atoopt.solve(stock("frequency-4"), "enumeration"),
    "front": lambda: atoopt.pareto(stock("frequency-4")),
    "liaisons": lambda: atoopt.solve(
        stock("uniform-5").replace(liaisons=[["a", "b"], ["b", "c"], ["c", "d"], ["d", "e"]]),
        "annealing", time_limit=0.2,
    ),
    "listed": lambda: atoopt.solve(
        stock("uniform-5").replace(candidate_modules=[["a", "b"], ["b", "c", "d"]], max_mean_assembly_time=None),
        "annealing", time_limit=0.2,
    ),
    "policy": lambda: atoopt.solve(atoopt.load("instances/policy/plates-60.json"), "exact", choose="utopia"),
}  # fmt: skip


def test_every_group_is_ready_in_the_tests() -> None:
    """The process that started the tests has compiled them."""
    assert all(is_ready(group) for group in GROUPS)


@pytest.mark.parametrize("run", RUNS)
def test_a_method_compiles_nothing_once_its_groups_are_ready(run: str, compiled: list[str]) -> None:
    """Groups are called upon with the kinds of arguments that methods give."""
    RUNS[run]()
    assert compiled == []


@pytest.mark.parametrize(
    ("name", "groups"),
    [
        ("uniform-5", ("packing",)),
        ("laptops", FOR_ANNEALING),
        ("harness-24", FOR_ANNEALING),
        ("harness-40", FOR_DECOMPOSITION),
        ("log-normal-8", FOR_DENSE),
    ],
)
def test_auto_asks_for_no_more_groups_than_it_calls(name: str, groups: tuple[str, ...]) -> None:
    """A tiny model needs no annealing, and annealing no decomposition."""
    assert groups_of_auto(stock(name)) == groups
