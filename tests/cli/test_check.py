"""`atoopt check`: right results pass, and each false claim is named."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

import atoopt
from atoopt.stock import evaluate
from atoopt.stock.check import check
from tests.cli.bad_inputs import SOUND
from tests.cli.conftest import ROOT, Run

U5 = ROOT / "instances/stock/uniform-5.json"


@pytest.fixture(scope="module")
def result() -> dict[str, Any]:
    """Return a result that holds, as `atoopt solve --json` prints it, of a stock found by hand."""
    instance = atoopt.load(U5).replace(max_mean_assembly_time=1.2)
    stock = evaluate(instance, [["a", "b"], ["c", "d"], ["a", "b", "c", "d"]])
    return {
        "problem": "stock-composition", "instance": "uniform-5", "method": "by hand", "solver": None,
        "status": "feasible", "objective": stock.cost, "bound": 30.0, "restricted_bound": None,
        "gap": (stock.cost - 30.0) / stock.cost, "seconds": 0.0, "solution": stock.to_json(),
    }  # fmt: skip


@pytest.fixture
def instance() -> Any:
    """Return the instance of `result`."""
    return atoopt.load(U5).replace(max_mean_assembly_time=1.2)


def altered(result: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the result with other claims; keys with two underscores reach into the solution."""
    copy = deepcopy(result)
    for key, value in changes.items():
        target, steps = copy, key.split("__")
        for step in steps[:-1]:
            target = target[step]
        target[steps[-1]] = value
    return copy


def test_right_result_passes(instance: Any, result: dict[str, Any]) -> None:
    """A result whose numbers are right has no violation, whole or as its solution alone."""
    assert check(instance, result).violations == ()
    assert check(instance, result["solution"]).violations == ()
    assert check(instance, {"modules": result["solution"]["modules"]}).violations == ()


@pytest.mark.parametrize(
    ("changes", "violation"),
    [
        ({"objective": 39.0}, "objective is claimed as 39, but is"),
        ({"objective": None, "gap": None}, "status is feasible without an objective"),
        ({"objective": 36.200008}, "objective is claimed as 36.200008, but is 36.2"),
        ({"status": "Feasible"}, 'status is "Feasible", none of optimal, feasible, infeasible, unknown'),
        ({"gap": 0.5}, "gap is claimed as 0.5, but is"),
        ({"bound": None}, "gap is claimed as"),
        ({"bound": 99.0, "gap": None}, "bound 99 is above the cost"),
        ({"restricted_bound": 99.0}, "restricted_bound 99 is above the cost"),
        ({"status": "optimal"}, "status is optimal, but the bound 30 is below the cost"),
        ({"status": "optimal", "bound": None, "gap": None}, "status is optimal without a bound"),
        ({"status": "infeasible"}, "status is infeasible, but there is a solution"),
        ({"status": "unknown"}, "status is unknown, but there is a solution"),
        ({"instance": "uniform-6"}, 'instance is "uniform-6", but the file holds "uniform-5"'),
        ({"problem": "policy"}, 'problem is "policy"'),
        ({"solution__mean_assembly_time": 0.9}, "mean_assembly_time is claimed as 0.9, but is"),
        ({"solution__n_modules": 7}, "n_modules is claimed as 7, but is 8"),
        ({"solution__delivery_share": 1.0}, "delivery_share is claimed as 1 where there is none"),
        ({"solution__costs__preassembly": 4.0}, "costs.preassembly is claimed as 4, but is"),
        ({"solution__costs__fixed_transport": 0.0}, "costs.fixed_transport is claimed as 0, but is"),
        ({"solution__costs": {}}, "costs.final_assembly is missing"),
        ({"solution__costs__storage": 1.0}, "costs.storage is not a cost term"),
    ],
)
def test_false_claims_are_named(instance: Any, result: dict[str, Any], changes: dict[str, Any], violation: str) -> None:
    """Each claim that differs from the recomputed truth is one violation that says so."""
    found = check(instance, altered(result, **changes)).violations
    assert any(text.startswith(violation) for text in found), found


@pytest.mark.parametrize(
    ("modules", "violation"),
    [
        ("a b c d ab", 'single component "e" is not in the stock'),
        ("a b c d e ab ba", "modules[6] ['b', 'a'] is the same as modules[5]"),
        ("a b c d e a", "modules[5] ['a'] is the same as modules[0]"),
        ("a b c d e az", 'modules[5]: "z" is not a component'),
        ("a b c d e aa", 'modules[5] holds "a" more than once'),
        ("a b c d e", "mean_assembly_time 1.58064516 is above max_mean_assembly_time 0.8"),
        ("", 'single component "a" is not in the stock'),
    ],
)
def test_faulty_stocks_are_named(modules: str, violation: str) -> None:
    """A stock that misses a single component, repeats a module, knows no such component, or is too slow."""
    data = {"modules": [list(module) for module in modules.split()]}
    assert violation in check(atoopt.load(U5), data).violations


def test_empty_module_is_named() -> None:
    """A module without components is a violation, and not a module."""
    data = {"modules": [[], *([c] for c in "abcde")]}
    assert "modules[0] is empty" in check(atoopt.load(U5), data).violations


def test_limits_of_the_instance_are_named(run: Run, folder: Path) -> None:
    """Modules that are no candidates or not connected, too many modules and a delivery ratio are checked too."""
    data = {**SOUND, "max_modules": 3, "delivery_ratio": {"max_assembly_time": 0.0, "min_share": 0.9}}
    (folder / "i.json").write_text(json.dumps(data))
    (folder / "s.json").write_text(json.dumps({"modules": [["a"], ["b"], ["c"], ["a", "c"], ["a", "b", "c"]]}))
    status, out, err = run("check", "i.json", "s.json")
    assert status == 1 and err == ""
    lines = out.splitlines()
    assert all(line.startswith("violated: ") for line in lines)
    for mention in (
        "max_modules 3",
        "min_share 0.9",
        "['a', 'c'] is not connected by liaisons",
        "['a', 'b', 'c'] is not in candidate_modules",
    ):
        assert sum(mention in line for line in lines) == 1


def test_rounded_numbers_pass(instance: Any, result: dict[str, Any]) -> None:
    """Numbers printed to nine digits still agree."""
    rounded = json.loads(json.dumps(result), parse_float=lambda text: float(f"{float(text):.9g}"))
    assert check(instance, rounded).violations == ()


def test_order_of_names_is_free(instance: Any, result: dict[str, Any]) -> None:
    """A stock is a set of sets: turned around, it is the same."""
    turned = [module[::-1] for module in result["solution"]["modules"][::-1]]
    assert check(instance, altered(result, solution__modules=turned)).violations == ()


def test_command_says_ok(run: Run, folder: Path, instance: Any, result: dict[str, Any]) -> None:
    """A right result ends with status 0 and one line; as JSON, with ok and the recomputed numbers."""
    instance.save("i.json")
    (folder / "r.json").write_text(json.dumps(result))
    status, out, err = run("check", "i.json", "r.json")
    assert (status, err) == (0, "") and out.startswith("ok: 8 modules, cost ")
    data = run("check", "i.json", "r.json", "--json").json
    assert data["ok"] is True and data["violations"] == []
    assert data["cost"] == pytest.approx(result["objective"]) and data["costs"] == result["solution"]["costs"]


def test_command_says_what_fails(run: Run, folder: Path, u5: str, result: dict[str, Any]) -> None:
    """A false result ends with status 1, each violation on a line; as JSON, in a list."""
    (folder / "r.json").write_text(json.dumps(altered(result, objective=1.0, gap=None)))
    status, out, err = run("check", u5, "r.json")
    assert (status, err) == (1, "") and len(out.splitlines()) == 2  # too slow, another cost
    outcome = run("check", u5, "r.json", "--json")
    assert outcome.status == 1 and outcome.json["ok"] is False and len(outcome.json["violations"]) == 2


def test_the_wrong_instance_is_said_once(run: Run, u5: str, folder: Path) -> None:
    """A stock of thousands of modules against another instance: one line says so, a few are named, the rest counted."""
    modules = [[f"x{i}", f"y{i}", f"z{i}"] for i in range(5_000)]
    (folder / "s.json").write_text(json.dumps({"modules": modules}))
    status, out, err = run("check", u5, "s.json")
    assert (status, err) == (1, "")
    lines = out.splitlines()
    assert lines[0] == (
        'violated: this looks like the solution of another instance: 5,000 of 5,000 modules are not of "uniform-5"'
    )
    assert len(lines) == 12 and lines[-1] == "violated: and 14,995 more like these"
    assert len(run("check", u5, "s.json", "--json").json["violations"]) == 12
