"""Which options a method takes: any other is an error that names it, in Python as on the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from itertools import product
from typing import Any

import pytest

import atoopt
from atoopt.base.errors import InputError
from atoopt.base.problem import Method, solved_families
from atoopt.cli import main
from atoopt.methods import OF_EVERY_RUN, options_of
from atoopt.solvers.run import Options

INSTANCES = {
    "atoopt/stock-composition": "instances/stock/uniform-5.json",
    "atoopt/diversity": "instances/diversity/trims-6.json",
    "atoopt/stock-levels": "instances/levels/two-components.json",
    "atoopt/policy": "instances/policy/plates-12.json",
}
PROBLEMS = {problem.format: problem for problem in solved_families()}

GIVEN: dict[str, Any] = {
    "solver": "appsi_highs", "formulation": "pattern", "candidates": "subsets", "model": "mine.py",
    "objective": "pallets", "weights": (1.0, 3.0), "choose": "utopia", "journal": "front.journal", "start": (3,),
    "times": (1.0,),
    "solver_options": (("mip_heuristic_effort", 0.1),), "command": ("solve.sh", "{mps}", "{solution}"), "abs_gap": 0.5,
    "time_limit": 5.0, "rel_gap": 0.01, "threads": 1, "jobs": 1, "seed": 1,
}  # fmt: skip

CASES = [
    (problem, front, method, option)
    for problem, front in product(PROBLEMS, (False, True))
    for method in (PROBLEMS[problem].fronts if front else PROBLEMS[problem].methods)
    for option in GIVEN
]


def takes(problem: str, front: bool, method: str) -> tuple[str, ...]:
    """Return the options that a method takes."""
    return (*OF_EVERY_RUN, *ways(problem, front)[method].takes)


def ways(problem: str, front: bool) -> Mapping[str, Method]:
    """Return the methods of a problem."""
    return PROBLEMS[problem].fronts if front else PROBLEMS[problem].methods


def test_every_option_is_tried() -> None:
    """The cases of this file know all options there are, and the tables name no others and no other methods."""
    assert set(GIVEN) == {option.name for option in fields(Options)}
    for each in PROBLEMS.values():
        named = [name for table in (each.methods, each.fronts) for way in table.values() for name in way.takes]
        assert {*GIVEN} >= {*named}


@pytest.mark.parametrize(
    ("problem", "front", "method", "option"), [case for case in CASES if case[3] not in takes(*case[:3])]
)
def test_an_option_that_is_not_taken_is_an_error(problem: str, front: bool, method: str, option: str) -> None:
    """It is refused before anything runs, and the remedy names the methods that take it, where there are such."""
    ask = atoopt.pareto if front else atoopt.solve
    with pytest.raises(InputError) as error:
        ask(atoopt.load(INSTANCES[problem]), method, **{option: GIVEN[option]})
    assert error.value.place == option
    others = [other for other in takers(problem, front) if option in takes(problem, front, other)]
    assert all(other in error.value.remedy for other in others) and error.value.remedy.startswith("leave it out")


def takers(problem: str, front: bool) -> list[str]:
    """Return the methods of a problem."""
    return list(ways(problem, front))


@pytest.mark.parametrize(
    ("problem", "front", "method", "option"), [case for case in CASES if case[3] in takes(*case[:3])]
)
def test_an_option_that_is_taken_passes(problem: str, front: bool, method: str, option: str) -> None:
    """So does every default, by name."""
    table = ways(problem, front)
    defaults = {each.name: each.default for each in fields(Options)}
    assert getattr(options_of(defaults | {option: GIVEN[option]}, method, table), option) == GIVEN[option]


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ({"model": "mine.py", "formulation": "pattern"}, "formulation"),
        ({"model": "mine.py", "candidates": "closed"}, "candidates"),
        ({"solver": "nosuch"}, "solver"),
        ({"formulation": "dense"}, "formulation"),
        ({"candidates": "dense"}, "candidates"),
        ({"colour": 1}, "colour"),
    ],
)
@pytest.mark.parametrize("method", ["auto", "milp"])
def test_values_without_meaning_are_refused(options: dict[str, Any], place: str, method: str) -> None:
    """In Python as on the command line: unknown names, and two options of which one would not be looked at."""
    with pytest.raises(InputError) as error:
        atoopt.solve(atoopt.load(INSTANCES["atoopt/stock-composition"]), method, **options)
    assert error.value.place == place


def test_weights_need_a_weighted_objective() -> None:
    """Beside the objective pallets they would not be looked at."""
    with pytest.raises(InputError) as error:
        atoopt.solve(atoopt.load(INSTANCES["atoopt/policy"]), weights=(1.0, 2.0), objective="pallets")
    assert error.value.place == "weights"


POLICY, STOCK = INSTANCES["atoopt/policy"], INSTANCES["atoopt/stock-composition"]


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (["solve", POLICY, "--candidates", "closed"], "--candidates"),
        (["solve", STOCK, "--weights", "1,2"], "--weights"),
        (["solve", STOCK, "--method", "annealing", "--formulation", "pattern"], "--formulation"),
        (["solve", STOCK, "--method", "enumeration", "--solver", "appsi_highs"], "--solver"),
        (["solve", STOCK, "--method", "enumeration", "--solver", "nosuch"], "--solver"),
        (["solve", STOCK, "--method", "decomposition", "--model", "mine.py"], "--model"),
        (["solve", POLICY, "--method", "exact", "--model", "mine.py"], "--model"),
        (["solve", POLICY, "--objective", "pallets", "--weights", "1,2"], "--weights"),
        (["pareto", STOCK, "--solver", "appsi_highs"], "--solver"),
        (["pareto", POLICY, "--method", "threshold", "--solver", "nosuch"], "--solver"),
        (["export", POLICY, "model.lp", "--formulation", "pattern"], "--formulation"),
        (["import", "x.csv", "-o", "x.json", "--problem", "policy", "--max-mean-assembly-time", "0"],
         "--max-mean-assembly-time"),
        (["import", "x.csv", "-o", "x.json", "--problem", "policy", "--base-component", ""], "--base-component"),
        (["import", "x.csv", "-o", "x.json", "--pallet", ""], "--pallet"),
        (["import", "x.csv", "-o", "x.json", "--layout", "long", "--no-base"], "--no-base"),
    ],
)  # fmt: skip
def test_the_command_line_refuses_them_too(
    arguments: list[str], option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 2, and one line that names the option."""
    status = main(arguments)
    shown = capsys.readouterr()
    assert (status, shown.out) == (2, "")
    assert shown.err.count("\n") == 1 and option + ":" in shown.err
