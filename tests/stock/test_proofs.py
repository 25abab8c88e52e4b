"""What is called optimal, infeasible or complete, against exact fractions: one tolerance, by every method."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import atoopt
from atoopt.pareto.front import Front
from atoopt.solvers.result import Result, conclude
from atoopt.solvers.run import Options, Run
from atoopt.stock import Costs, DeliveryRatio, Product, StockInstance, dense
from atoopt.stock.check import check
from atoopt.stock.evaluation import evaluate_masks, is_slow, most_operations
from atoopt.stock.fronts.grid import search, step_below
from atoopt.stock.fronts.levels import Level, Levels, undominated
from atoopt.stock.fronts.methods import model_is_exact
from tests.stock.exact import Truth
from tests.stock.magnitudes import uneven_instances

METHODS: dict[str, tuple[str, dict[str, Any]]] = {
    "enumeration": ("enumeration", {}),
    "assignment": ("milp", {"formulation": "assignment"}),
    "pattern": ("milp", {"formulation": "pattern"}),
    "decomposition": ("decomposition", {}),
    "auto": ("auto", {}),
}


def solved(instance: StockInstance, name: str) -> Result:
    """Return the result of a method, without a time limit."""
    if name != "dense":
        method, options = METHODS[name]
        return atoopt.solve(instance, method, threads=1, **options)
    run = Run(Options(threads=1))
    claim = dense.solve(instance, run)
    return conclude(
        claim, run, instance, problem="stock-composition", method=name, solver="highs", evaluate=evaluate_masks
    )  # fmt: skip


def assert_proven(instance: StockInstance, truth: Truth, result: Result) -> None:
    """The result is optimal or infeasible, rightly, and its check finds nothing."""
    if result.status == "infeasible":
        assert truth.least is None
        return
    assert result.status == "optimal", result.message
    assert truth.least_perhaps is not None
    assert result.objective >= truth.least_perhaps * (1 - 1e-9)
    if truth.least is not None:
        assert result.objective <= truth.least * (1 + 2e-6)
        assert result.bound <= truth.least * (1 + 2e-6)
    assert not check(instance, result.to_json()).violations


def assert_whole(instance: StockInstance, truth: Truth, front: Front) -> None:
    """A front called complete has every point, within its resolution; each point is the evaluator's."""
    for point in front.points:
        stock = point.solution
        assert stock.feasible, stock.violations
        assert point.objectives == (stock.cost, stock.mean_assembly_time)
    if not front.complete:
        assert front.stop_reason
        return
    wanted = np.array(truth.front).reshape(-1, 2)
    assert len(front) == 0 if not truth.perhaps else not len(wanted) or len(front)
    if not len(wanted):
        return
    room = 2e-6 * np.ptp(wanted, axis=0) + np.array([1e-8 * wanted.max(), 3e-9 * instance.time_per_operation])
    room += np.array(front.details.get("resolution", [0.0, 0.0]))
    for point in wanted:
        assert (front.values <= point + room).all(axis=1).any(), (point, front.values)


@given(uneven_instances())
@settings(max_examples=60)
def test_every_method_proves_what_is_so(instance: StockInstance) -> None:
    """Demands and costs of very different size, limits at a hair's breadth: every method ends with a right proof."""
    truth = Truth(instance)
    for name in (*METHODS, *(["dense"] if model_is_exact(instance) else [])):
        assert_proven(instance, truth, solved(instance, name))


@given(uneven_instances())
@settings(max_examples=30)
def test_every_front_is_whole(instance: StockInstance) -> None:
    """Likewise the fronts: what is called complete is, and every point's stock keeps every limit."""
    truth = Truth(instance)
    for method in ("enumeration", "epsilon-constraint", "decomposition"):
        if method != "epsilon-constraint" or model_is_exact(instance):
            assert_whole(instance, truth, atoopt.pareto(instance, method, threads=1))


# ---- instances that were wrong ---------------------------------------------------------------------


def stock_of(sold: dict[str, float], costs: tuple[float, float, float, float], **fields: Any) -> StockInstance:
    """Return an instance from the letters of its products with their demand, and its costs in the paper's order."""
    names = tuple(sorted({letter for letters in sold for letter in letters}))
    return StockInstance(**{
        "name": "case", "components": names, "max_mean_assembly_time": 0.0,
        "products": tuple(Product(components=tuple(letters), demand=demand) for letters, demand in sold.items()),
        "costs": Costs(**dict(zip(Costs.model_fields, costs, strict=True))), **fields,
    })  # fmt: skip


def pairs(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(map(tuple, text.split()))


CASES = {
    # products of 1e-9 of the demand need not be in time for T = 0: decomposition allowed half of that
    "little demand": (stock_of(
        {"bc": 0.00020366792042609297, "abd": 0.07324798074173271, "bd": 209242.73819900505, "ab": 4623.024764945152},
        (46484.64104239577, 1093.822201354222, 0.15499083361402535, 5228.444202075311),
        liaisons=pairs("cd bc ad ab bd"),
    ), 193597.0244832115),
    # K6: a product of 1.3e-6 of the demand is late for T = 0; its row was within the solver's tolerance
    "late by a little": (stock_of(
        {"abd": 7.5002823255000605e-06, "ab": 0.0011104699453546975, "": 101441.43562998559,
         "acd": 3.7792749107999325e-05, "abcd": 1.3135474821901727, "ad": 0.16359118078165882,
         "bcd": 3.975509710499261e-05, "bc": 901829.4489498169, "abc": 1.5133786347108489,
         "b": 478323.67181016307, "cd": 0.00037240431277145485, "bd": 0.009631419546237502, "c": 109.5740836225134},
        (1.8644297184302858, 0.001, 0.001, 1), liaisons=pairs("ad bd bc cd ab"),
    ), 16.808867466181308),
    # K8: the optimum is 7e-6 of the largest cost
    "small optimum": (stock_of(
        {"ab": 58865.74740804103}, (0, 0.001, 0.001, 1000.0), candidate_modules=pairs("ab a b"), max_modules=4,
        max_mean_assembly_time=1.2,
    ), 0.007),
    "smaller optimum": (stock_of({"": 1.0, "abc": 1.0}, (0.0, 0.0, 0.001, 1000.0)), 0.006),
    # K9: saving costs, and so many stocks are nearly as slow as T
    "saving costs": (stock_of(
        {"".join(c): 1.0 for n in range(1, 5) for c in combinations("abcd", n)}, (1 / 3, 0, 2, 0),
        cost_basis="usage", max_mean_assembly_time=0.3996,
        delivery_ratio=DeliveryRatio(max_assembly_time=2.0, min_share=0),
    ), 4.533333333333333),
    # T less 1.1e-9: of two products the one of 3e-11 of the demand may wait
    "saving costs, a hair's breadth": (stock_of(
        {"ab": 7.738695868018413e-06, "bc": 272036.6811775945},
        (47544.659546825074, 0.0004003741808163959, 0.00041340746527029193, 26287.023666507772),
        cost_basis="usage", time_per_operation=0.25, max_mean_assembly_time=0.249999999725,
    ), 47544.66197397116),
    # presolve ends in a solve error: its answer is 1e-10 operations too slow
    "too few modules by a hair's breadth": (stock_of(
        dict.fromkeys(("ab", "", "abc", "b", "c", "ac"), 1.0), (1.0, 0.1, 2.0, 10.0), cost_basis="usage",
        time_per_operation=1 / 3, max_mean_assembly_time=0.11111111074444444, max_modules=4,
        delivery_ratio=DeliveryRatio(max_assembly_time=2 / 3, min_share=1.0),
    ), None),
    "no such stock": (stock_of(
        {"abc": 217849.3802246079}, (0.001, 0.0, 1 / 3, 0.001), time_per_operation=1 / 3,
        max_mean_assembly_time=0.3333333329666667, liaisons=pairs("ab"),
    ), None),
}  # fmt: skip


# the relaxation of pairs needs a saved operation to save money
@pytest.mark.parametrize(
    ("case", "method"), [(c, m) for c in CASES for m in (*METHODS, "dense") if m != "dense" or "saving" not in c]
)
def test_right_values(case: str, method: str) -> None:
    """Each is proven, with the value that exact fractions give."""
    instance, value = CASES[case]
    result = solved(instance, method)
    assert result.status == ("infeasible" if value is None else "optimal"), result.message
    assert result.objective == (None if value is None else pytest.approx(value, rel=1e-9))


def test_the_right_values_are_right() -> None:
    """By exact fractions."""
    for instance, value in CASES.values():
        assert Truth(instance).least == (None if value is None else pytest.approx(value, rel=1e-9))


def test_a_front_has_no_stock_that_its_check_refuses() -> None:
    """A stock 1.1e-9 operations too slow is within a solver's tolerance; what it hides is found instead."""
    instance = stock_of(
        {"bc": 1.5045481422760403e-05, "c": 1.987445362681485e-09, "ac": 183341.81269664332,
         "a": 1.2507544031662855e-09, "b": 0.6447003993403838, "ab": 1.342765115458346, "": 70103.41332655023},
        (0.0002511254277038961, 0.028658231416508605, 1693.7634754157395, 148.24644299838084),
        time_per_operation=1e-3, max_mean_assembly_time=5.296966379884912e-09,
        delivery_ratio=DeliveryRatio(max_assembly_time=2e-3, min_share=0.9999999979999997),
    )  # fmt: skip
    truth = Truth(instance)
    for method in ("enumeration", "epsilon-constraint", "decomposition"):
        front = atoopt.pareto(instance, method)
        assert front.values[0, 0] == pytest.approx(truth.least)
        assert_whole(instance, truth, front)


def test_the_fastest_stock_need_not_be_the_cheapest_of_the_fastest() -> None:
    """Without the module of a product that is 5e-15 of the demand, no time is lost and two are saved."""
    instance = stock_of(
        {"bcd": 1.5920486490936843e-09, "d": 1.866977231606381, "abd": 162020.30606459634, "abc": 182131.22719054244},
        (1.0, 2.0, 0.4, 10.0), cost_basis="usage", liaisons=pairs("cd ad bc ab ac"),
    )  # fmt: skip
    front = atoopt.pareto(instance, "decomposition")
    assert front.values[:, 0].tolist() == pytest.approx([15.19998481044727])
    assert front.bounds == pytest.approx([15.19998481044727])


# ---- the tolerance ---------------------------------------------------------------------------------


@given(uneven_instances())
@settings(max_examples=60)
def test_evaluator_and_enumeration_add_up_alike(instance: StockInstance) -> None:
    """The limit put exactly on a stock's operations, by exact sums: the last digit decides nothing."""
    from atoopt.stock.enumeration.enumerate import count_all
    from atoopt.stock.enumeration.states import free_modules

    stocks = count_all(instance, Run())
    feasible = sum(
        evaluate_masks(instance, [m for j, m in enumerate(free_modules(instance)) if number >> j & 1]).feasible
        for number in range(1 << len(free_modules(instance)))
    )
    assert stocks.whole[:, 1].sum() == feasible


@pytest.mark.parametrize(("hair", "kept"), [(1e-12, True), (0.99e-9, True), (1.01e-9, False)])
@pytest.mark.parametrize("scale", [1.0, 40.0])
def test_the_tolerance_is_one_billionth(hair: float, kept: bool, scale: float) -> None:
    """Of T, and of one operation where T is less."""
    instance = stock_of({"abc": 1.0, "ab": 1.0}, (1, 1, 1, 1), time_per_operation=scale)
    at = instance.replace(max_mean_assembly_time=1.5 * scale / (1 + hair))
    assert is_slow(at, np.array([2, 1])) is not kept
    near_nothing = stock_of({"ab": hair, "d": 1.0}, (1, 1, 1, 1), time_per_operation=scale)
    assert is_slow(near_nothing, np.array([1, 0])) is not kept
    assert most_operations(near_nothing) == 1e-9


def test_small_costs_keep_their_points() -> None:
    """Points of a front are told apart by the size of their costs, not by one unit of money."""
    plain = stock_of({"ab": 1.0, "ac": 2.0, "abc": 3.0}, (1.0, 2.0, 0.4, 10.0), max_mean_assembly_time=None)
    small = plain.replace(costs={name: 1e-12 * value for name, value in plain.costs.model_dump().items()})
    wanted = atoopt.pareto(plain, "enumeration").values
    assert len(wanted) > 2
    found = atoopt.pareto(small, "enumeration").values
    assert found == pytest.approx(wanted * np.array([1e-12, 1.0]), abs=1e-18)


# ---- fronts of intervals ---------------------------------------------------------------------------

FEW = stock_of({"ab": 2.0, "ac": 1.0, "bc": 1.0}, (1.0, 2.0, 0.4, 10.0), max_mean_assembly_time=None, max_modules=4)


def test_an_end_that_is_not_known_is_open() -> None:
    """Only a slow stock is known, and nothing of the faster ones: the box reaches down to the least time."""
    levels = Levels.of(FEW)
    levels.add(None, [evaluate_masks(FEW, [])])
    assert len(levels.unexplored()) == 1
    assert levels.unexplored()[0, 1].tolist() == [0.0, 1.0]


@pytest.mark.parametrize("limit", [1e-6, 1e-4])
def test_a_front_without_time_is_not_complete(limit: float) -> None:
    """What was not looked at is not called complete."""
    front = atoopt.pareto(FEW, "decomposition", time_limit=limit)
    assert not front.complete
    assert front.stop_reason == "time limit"


def test_no_stock_leaves_nothing_open() -> None:
    """Proven: there is none at any time."""
    levels = Levels.of(FEW.replace(max_mean_assembly_time=0.0))
    levels.earliest = 0.5
    levels.add(Level(levels.latest, np.inf), [])
    assert len(levels.unexplored()) == 0


def test_times_within_the_tolerance_are_not_sought_one_after_the_other() -> None:
    """Stocks differ by 2e-8 operations only: a step of 1e-6 of that is below the tolerance, and finds nothing new."""
    instance = stock_of({"a": 1.0, "ab": 2e-8, "bc": 1e-8}, (1.0, 2.0, 0.4, 10.0), max_mean_assembly_time=None)
    levels = Levels.of(instance)
    assert search(levels, Run(), 50)
    assert step_below(levels) == pytest.approx(2e-9)
    assert len(levels.solved) < 12
    stocks = [evaluate_masks(instance, stock) for stock in ([], [0b011], [0b110], [0b011, 0b110])]
    assert len(levels.stocks) == len(undominated(instance, stocks)) == 3
