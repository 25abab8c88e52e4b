"""Other demand, regret, and stocks that cost little more."""

from __future__ import annotations

import json
from typing import Any

import pytest

import atoopt
from atoopt.base.errors import InputError
from atoopt.cli import main
from atoopt.stock.evaluation import evaluate_masks
from tests.stock.reference import all_stocks, fitting_modules

STOCK = "instances/stock/frequency-4.json"


@pytest.mark.parametrize(
    ("demand", "words"),
    [
        ([1.0], "has 1 numbers for 5 products"),
        ({9: 1.0}, "which is no product"),
        ({("a", "x"): 1.0}, "which is no product"),
        ({0: -1.0}, "demand[0]: is -1.0"),
        ([0.0] * 5, "is 0 for every product"),
        ({0: float("nan")}, "demand[0]: is nan"),
    ],
)
def test_demand_that_is_none(demand: Any, words: str) -> None:
    """One line that names the place."""
    with pytest.raises(InputError) as caught:
        atoopt.load(STOCK).with_demand(demand)
    assert words in str(caught.value)


def test_other_demand() -> None:
    """A product by position, components in any order; growth multiplies what has the option, and no more."""
    stock = atoopt.load(STOCK)
    assert stock.with_demand({("b", "a"): 7.0}).products[0].demand == 7.0
    assert stock.with_demand([p.demand for p in stock.products]) == stock
    assert stock.grown("d", 1.0) == stock
    tripled = stock.grown("d", 3.0)
    for old, new in zip(stock.products, tripled.products, strict=True):
        assert new.demand == old.demand * (3.0 if "d" in old.components else 1.0)
    assert all("d" not in product.components for product in stock.grown("d", 0.0).products)
    with pytest.raises(InputError, match='"x" is not a component'):
        stock.grown("x", 2.0)


def test_regret_is_what_the_evaluator_says(capsys: pytest.CaptureFixture[str]) -> None:
    """Each stock in each scenario by the independent evaluator; its own scenario's regret is 0, others' at least 0."""
    now = atoopt.load("instances/stock/uniform-5.json").replace(max_mean_assembly_time=None)
    scenarios = {"now": now, "more": now.grown("a", 20.0), "less": now.grown("b", 0.01)}
    table = atoopt.regret(scenarios, "milp").set_index(["made_for", "scenario"])
    for made_for, instance in scenarios.items():
        stock = atoopt.solve(instance, "milp").solution.masks
        for scenario, other in scenarios.items():
            row = table.loc[(made_for, scenario)]
            assert row["cost"] == pytest.approx(evaluate_masks(other, stock).cost)
            assert row["regret"] >= -1e-9 and (made_for != scenario or row["regret"] == 0)
    assert (table["regret"] > 1e-3).any()
    assert main(["regret", STOCK, "--grow", "a=5", "--method", "milp", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["rows"]) == 4
    assert main(["regret", STOCK, "--grow", "a=5", "--method", "milp"]) == 0
    assert "+0.00 %" in capsys.readouterr().out


def test_alternatives_are_other_stocks_within_the_limit(capsys: pytest.CaptureFixture[str]) -> None:
    """Each keeps the limits, none holds all of another; where brute force finds none, none is told."""
    stock = atoopt.load(STOCK)
    best = atoopt.solve(stock, "milp").solution
    for within in (0.0, 0.05, 0.2):
        found = atoopt.alternatives(best, 4, within)
        judged = (evaluate_masks(stock, masks) for masks in all_stocks(fitting_modules(stock)))
        allowed = [each for each in judged if each.cost <= best.cost * (1 + within) and not each.violations]
        assert bool(found) == any(not set(best.masks) <= set(each.masks) for each in allowed)
        for i, each in enumerate(found):
            assert not each.violations and each.cost <= best.cost * (1 + within) * (1 + 1e-9)
            assert all(not set(other.masks) <= set(each.masks) for other in [best, *found[:i]])
    assert main(["solve", STOCK, "--method", "milp", "--alternatives", "2", "--within", "20%", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["details"]["alternatives"]
    assert len(told) == 1 and all(row["enter"] or row["leave"] for row in told)
    assert main(["solve", STOCK, "--method", "milp", "--alternatives", "2", "--within", "20%"]) == 0
    assert "1 other stock within 20 % of the cost:" in capsys.readouterr().out


@pytest.mark.parametrize(
    "command",
    [
        ["solve", STOCK, "--alternatives", "-1"], ["solve", STOCK, "--alternatives", "1", "--within", "x"],
        ["solve", "instances/policy/plates-12.json", "--alternatives", "1"], ["regret", STOCK],
        ["regret", STOCK, "--grow", "x=1"], ["regret", STOCK, "--grow", "a"], ["regret", STOCK, "--grow", "a=x"],
        ["regret", STOCK, "instances/policy/plates-12.json"], ["solve", STOCK, "--start", STOCK],
        ["regret", "instances/policy/plates-12.json", "--grow", "a=1"],
    ],
)  # fmt: skip
def test_bad_input(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """One line, exit status 2."""
    assert main(command) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1), err
