"""Enumeration: against a plain loop over all stocks, and against the published structure at q = 5."""

from __future__ import annotations

import math
from itertools import combinations

import pytest
from hypothesis import given, settings

import atoopt
from atoopt import InputError
from atoopt.solvers.run import Options, Progress, Run
from atoopt.stock import Costs, Product, StockInstance
from atoopt.stock.enumeration.enumerate import count_all, profile, solve
from atoopt.stock.enumeration.states import MAX_MODULES
from atoopt.stock.evaluation import evaluate_masks
from tests.stock.reference import all_stocks, fitting_modules
from tests.stock.strategies import stock_instances

LEAST_TIME = (49, 41, 33, 29, 25, 21, 20, 19, 18, 17, 16, 15)  # in 31sts, N = 5 to 16
GREATEST_TIME = (49, 45, 42, 39, 37, 34, 32, 30, 29, 26, 24, 22)


def uniform(n: int) -> StockInstance:
    """Return all products of n components with equal demand."""
    letters = "abcdef"[:n]
    sets = [c for size in range(1, n + 1) for c in combinations(letters, size)]
    return StockInstance(
        name=f"uniform-{n}", components=tuple(letters), max_mean_assembly_time=0.8,
        products=tuple(Product(components=c, demand=1) for c in sets),
        costs=Costs(preassembly=1, fixed_transport=2, variable_transport=0.4, final_assembly=10),
    )  # fmt: skip


@settings(max_examples=60)
@given(stock_instances(3))
def test_the_profile_equals_a_plain_loop(instance: StockInstance) -> None:
    """Every column, for every N, is what the evaluator says of the stocks of that size."""
    rows: dict[int, list[tuple[float, float, bool]]] = {}
    for stock in all_stocks(fitting_modules(instance)):
        result = evaluate_masks(instance, stock)
        seen = (result.mean_assembly_time, result.cost, result.feasible)
        rows.setdefault(result.n_modules, []).append(seen)
    table = count_all(instance, Run()).rows()
    assert [row["n_modules"] for row in table] == sorted(rows)
    for row in table:
        times, costs, feasible = zip(*rows[row["n_modules"]], strict=True)
        assert (row["stocks"], row["feasible"]) == (len(times), sum(feasible))
        assert (row["least_time"], row["greatest_time"]) == pytest.approx((min(times), max(times)), abs=1e-9)
        assert (row["least_cost"], row["greatest_cost"]) == pytest.approx((min(costs), max(costs)), abs=1e-9)
        allowed = [cost for cost, fine in zip(costs, feasible, strict=True) if fine]
        if allowed:
            assert row["least_feasible_cost"] == pytest.approx(min(allowed), abs=1e-9)
        else:
            assert row["least_feasible_cost"] is None


@settings(max_examples=60)
@given(stock_instances(4, max_products=5))
def test_the_claim_is_proven(instance: StockInstance) -> None:
    """The result is optimal with bound = cost, or infeasible, and never anything between."""
    result = atoopt.solve(instance, "enumeration")
    assert result.status in ("optimal", "infeasible")
    if result.status == "optimal":
        assert result.bound == pytest.approx(result.objective, abs=1e-9)
        assert result.solution.feasible


@pytest.mark.slow  # 2^26 stocks: the paper's largest case, whose figures are published
def test_the_profile_of_five_components(uniform_5: StockInstance) -> None:
    """Least and greatest mean time per N are the known ones; the counts are binomial; progress is told."""
    heard: list[tuple[Progress, str]] = []
    table = profile(uniform_5, lambda progress, note: heard.append((progress, note)))
    assert table["n_modules"].tolist() == list(range(5, 32))
    assert table["stocks"].tolist() == [math.comb(26, n) for n in range(27)]
    assert (table["least_time"][:12] * 31).tolist() == pytest.approx(LEAST_TIME)
    assert (table["greatest_time"][:12] * 31).tolist() == pytest.approx(GREATEST_TIME)
    assert table["least_time"].iloc[-1] == 0
    best = table.loc[table["least_feasible_cost"].idxmin()]
    assert (best["n_modules"], round(best["least_feasible_cost"], 4)) == (10, 38.0968)
    assert table["least_feasible_cost"].isna().sum() == 5
    assert heard[-1][1].startswith("100%")


@pytest.mark.parametrize("threads", [1, 3])
def test_threads_do_not_change_the_answer(threads: int) -> None:
    """The same stock and profile whatever the number of threads."""
    alone = count_all(uniform(4), Run(Options(threads=1)))
    several = count_all(uniform(4), Run(Options(threads=threads)))
    assert alone.best == several.best
    assert alone.rows() == several.rows()


def test_an_interrupted_run_claims_no_bound(uniform_5: StockInstance) -> None:
    """Stopped early, it gives the best stock so far and says how many it has seen."""
    run = Run()
    run.interrupted.set()
    claim = solve(uniform_5, run)
    assert claim.bound is None
    assert not claim.infeasible
    assert 0 < claim.details["stocks"] < 2**26
    result = atoopt.solve(uniform_5, "enumeration", time_limit=0)
    assert result.status in ("feasible", "unknown")
    assert "stocks seen" in result.message


def test_more_components_than_a_machine_word() -> None:
    """A listed set of candidates is enumerated whatever the number of components."""
    names = tuple(f"c{i}" for i in range(80))
    tens = tuple(names[10 * i : 10 * i + 10] for i in range(8))
    instance = StockInstance(
        name="wide", components=names, max_mean_assembly_time=60, candidate_modules=tens,
        products=(Product(components=names, demand=1), Product(components=names[:35], demand=1)),
        costs=Costs(preassembly=1, fixed_transport=2, variable_transport=0.4, final_assembly=0),
    )  # fmt: skip
    result = atoopt.solve(instance, "enumeration")
    # 56.5 operations with singles alone: already quick enough
    assert (result.status, result.solution.n_modules) == ("optimal", 80)
    quick = atoopt.solve(instance.replace(max_mean_assembly_time=30), "enumeration")
    # 26.5 operations must go; the first three tens save 9 each
    assert (quick.status, quick.solution.n_modules) == ("optimal", 83)


@pytest.mark.parametrize(
    "instance",
    [
        uniform(6),
        uniform(6).replace(products=(Product(components=tuple("abcdef"), demand=1),)),
        uniform(6).replace(candidate_modules=tuple(combinations("abcdef", 3)) + tuple(combinations("abcdef", 2))),
    ],
    ids=["all products", "one product", "long list"],
)
def test_too_many_stocks_are_an_input_error(instance: StockInstance) -> None:
    """Beyond the limit the error says what to do instead."""
    with pytest.raises(InputError, match=rf"at most {MAX_MODULES} candidate modules.*milp"):
        atoopt.solve(instance, "enumeration")
