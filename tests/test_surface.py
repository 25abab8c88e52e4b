"""Python as people expect it: names, help, equality, copies, pickles, hashes, short representations."""

from __future__ import annotations

import copy
import inspect
import os
import pickle
import subprocess
import sys
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import joblib
import pytest

import atoopt
from atoopt.base.errors import InputError
from atoopt.methods import OF_EVERY_RUN, solve
from atoopt.methods import pareto as pareto_of_methods
from atoopt.solvers.run import Options

STOCK, POLICY = "instances/stock/frequency-4.json", "instances/policy/plates-12.json"


def made() -> dict[str, Any]:
    """Return an object of each public kind, made anew."""
    from atoopt.architecture.families import families
    from atoopt.policy.report import report

    stock, policy = atoopt.load(STOCK), atoopt.load(POLICY)
    columns = atoopt.load("instances/architecture/steering-columns.json")
    result, front = atoopt.solve(stock, "milp"), atoopt.pareto(stock)
    return {
        "stock": stock, "policy": policy, "architecture": columns, "product": stock.products[0], "costs": stock.costs,
        "part": policy.parts[0], "result": result, "policy result": atoopt.solve(policy), "evaluation": result.solution,
        "policy evaluation": atoopt.solve(policy).solution, "front": front, "policy front": atoopt.pareto(policy),
        "point": front[0], "report": report(policy), "families": families(columns),
        "comparison": atoopt.compare([result, atoopt.solve(stock, "greedy")]),
        "orders": atoopt.read_orders("instances/samples/orders.csv"),
    }  # fmt: skip


@cache
def objects() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the same objects twice."""
    return made(), made()


KINDS = (
    "stock", "policy", "architecture", "product", "costs", "part", "result", "policy result", "evaluation",
    "policy evaluation", "front", "policy front", "point", "report", "families", "comparison", "orders",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_objects_are_values(kind: str) -> None:
    """Equal where their data are, also copied and pickled; equal ones share their hash; joblib knows them."""
    one, other = (found[kind] for found in objects())
    assert one == other and one is not other
    for copied in (copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert copied == one and hash(copied) == hash(one)
    assert hash(one) == hash(other)
    # what stands behind a front's solutions is a function, whose bytes may differ
    assert joblib.hash(one) == joblib.hash(copy.copy(one)) or kind in ("front", "policy front")
    assert one != 3 and not one == "x"  # noqa: SIM201 -- both directions


@pytest.mark.parametrize("kind", KINDS)
def test_objects_show_themselves_briefly(kind: str) -> None:
    """A line of at most 400 letters, however large; a table for notebooks, where names are inert."""
    one = objects()[0][kind]
    assert "\n" not in repr(one) and (len(repr(one)) <= 400 or kind in ("product", "part"))
    assert "<table" in one._repr_html_() or "<p>" in one._repr_html_()


def test_what_differs_is_not_equal() -> None:
    """Another limit, stock, front or point is another object."""
    stock = atoopt.load(STOCK)
    other = stock.replace(max_mean_assembly_time=0.1)
    assert stock != other
    assert atoopt.solve(stock, "milp") != atoopt.solve(other, "milp")
    assert atoopt.solve(stock, "milp").solution != atoopt.solve(other, "milp").solution
    assert atoopt.pareto(stock) != atoopt.pareto(stock, points=2)


def test_an_instance_of_3000_products_is_one_line() -> None:
    """And so is its result; HTML names of a hostile instance stay text."""
    big = atoopt.load("instances/stock/harness-95.json")
    assert repr(big) == "<StockInstance harness-95: 95 components, 3000 products>"
    hostile = atoopt.load(STOCK).replace(name="<script>alert(1)</script>")
    assert "<script>" not in hostile._repr_html_()


def test_a_front_is_a_sequence() -> None:
    """Length, index, slice, iteration, membership; its solutions survive a pickle."""
    front = atoopt.pareto(atoopt.load(STOCK))
    assert len(front) == len(list(front)) == len(front[:]) and front[-1] == front.points[len(front) - 1]
    assert front[0] in front and (1.0, 2.0) not in front and front[0].objectives in front
    with pytest.raises(IndexError):
        front[len(front)]
    assert [point.solution for point in pickle.loads(pickle.dumps(front))] == [point.solution for point in front]


def test_dir_and_subpackages() -> None:
    """What is listed is there after `import atoopt` alone."""
    code = (
        "import atoopt\n"
        "assert {'load', 'solve', 'pareto', 'Front', 'Result', 'stock', 'plots'} <= set(dir(atoopt))\n"
        "print([getattr(atoopt, name) is not None for name in dir(atoopt)].count(False), atoopt.stock.Costs.__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "Costs"]


def test_help_lists_every_option() -> None:
    """`help(atoopt.solve)` and `help(atoopt.pareto)` have parameters and options; none is forgotten."""
    texts = inspect.getdoc(solve), inspect.getdoc(pareto_of_methods)
    for option in fields(Options):
        assert any(f"``{option.name}``" in text for text in texts), option.name
    text = inspect.getdoc(atoopt.pareto)
    assert all(f"``{name}``" in text for name in OF_EVERY_RUN)
    assert {"points", "display", "method", "instance"} <= set(inspect.signature(atoopt.pareto).parameters)


def test_completion_and_help_in_ipython() -> None:
    """The completer of a console offers the names, and `?` shows the signature."""
    core = pytest.importorskip("IPython.core.interactiveshell", reason="comes with the notebooks' kernel")
    shell = core.InteractiveShell.instance()
    shell.run_cell("import atoopt")
    shell.Completer.use_jedi = False
    offered = {text.rpartition(".")[2] for text in shell.complete(None, "atoopt.", len("atoopt."))[1]}
    assert {"load", "solve", "pareto", "sweep", "Front", "Result", "stock", "policy"} <= offered
    assert "points" in shell.object_inspect_text("atoopt.pareto")
    assert shell.object_inspect("atoopt.solve")["definition"].startswith("atoopt.solve(")


def test_solve_takes_a_path_and_says_what_it_wants(tmp_path: Path) -> None:
    """A path is loaded; anything else is one line that says what to give."""
    assert atoopt.solve(STOCK, "milp") == atoopt.solve(Path(STOCK), "milp") == atoopt.solve(atoopt.load(STOCK), "milp")
    assert len(atoopt.pareto(POLICY)) == 19
    for bad in (None, 3, {"format": "atoopt/policy"}):
        with pytest.raises(InputError, match="give an instance"):
            atoopt.solve(bad)
    with pytest.raises(InputError, match="does not exist"):
        atoopt.solve(os.fspath(tmp_path / "none.json"))


def test_progress_is_shown_when_asked_for(capfd: pytest.CaptureFixture[str]) -> None:
    """`display=True` writes to standard error, and the listener is told all the same."""
    heard: list[str] = []
    atoopt.solve(STOCK, "annealing", time_limit=0.6, display=True, listener=lambda _, note: heard.append(note))
    atoopt.pareto(STOCK, display=True)
    atoopt.sweep(atoopt.load(STOCK), {"max_mean_assembly_time": [0.5, 0.9]}, "milp", jobs=1, display=True)
    out, err = capfd.readouterr()
    assert out == "" and "2/2" in err and heard
