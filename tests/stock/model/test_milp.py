"""The method ``milp``: what it proves, what it only restricts, and what is left when it has no time."""

from __future__ import annotations

import pytest

import atoopt
from atoopt.base.errors import InputError
from atoopt.solvers.run import Run
from atoopt.stock import Costs, Product, StockInstance, evaluate
from atoopt.stock.candidates import named_candidates
from atoopt.stock.data.generate import log_normal, wire_harness
from atoopt.stock.model.formulation import build
from atoopt.stock.model.milp import solve_to_claim


@pytest.mark.parametrize("solver", ["highs", "appsi_highs"])
def test_other_solvers_prove_the_same(solver: str) -> None:
    """Through our adapter or through Pyomo: the same optimum and bound."""
    instance = log_normal(4, seed=3)
    truth = atoopt.solve(instance, "enumeration").objective
    result = atoopt.solve(instance, "milp", solver=solver)
    assert (result.status, result.solver) == ("optimal", solver)
    assert result.objective == pytest.approx(truth)
    assert result.bound == pytest.approx(truth)


@pytest.mark.parametrize("solver", ["nonesuch", "cplex"])
def test_solvers_that_cannot_be_called(solver: str) -> None:
    """Unknown or not installed: said before anything is built."""
    with pytest.raises(InputError):
        atoopt.solve(log_normal(3, seed=0), "milp", solver=solver)


def test_dear_operations_before_and_cheap_ones_after() -> None:
    """By usage, with alpha above delta, saving an operation costs money: the model alone would not use its modules."""
    instance = log_normal(4, seed=1).replace(
        cost_basis="usage", max_mean_assembly_time=1.0,
        costs=Costs(preassembly=30, fixed_transport=0.1, variable_transport=0, final_assembly=10),
    )  # fmt: skip
    truth = atoopt.solve(instance, "enumeration")
    for formulation in ("pattern", "assignment"):
        result = atoopt.solve(instance, "milp", formulation=formulation)
        assert result.status == "optimal"
        assert result.objective == pytest.approx(truth.objective)


def test_a_false_proof_of_the_solver_is_not_passed_on() -> None:
    """HiGHS 1.15.1 with presolve calls this model infeasible, or a dearer start optimal: a second solve confirms."""
    sold = {"bc": 1.0, "ae": 1.0, "ab": 3.7, "be": 1.0, "ac": 1.0, "abde": 1.0, "abce": 6.4034845510824026,
            "bce": 1.0, "c": 2.0, "d": 2.0, "abd": 1.0}  # fmt: skip
    listed = [
        "cd",
        "bd",
        "ac",
        "abce",
        "abd",
        "bce",
        "acde",
        "abcde",
        "abc",
        "bde",
        "ade",
        "ae",
        "bc",
        "cde",
        "abe",
        "be",
    ]
    instance = StockInstance(
        name="presolve", components=tuple("abcde"), max_mean_assembly_time=0.5,
        products=tuple(Product(components=tuple(letters), demand=demand) for letters, demand in sold.items()),
        costs=Costs(preassembly=0, fixed_transport=2, variable_transport=0.1, final_assembly=5),
        candidate_modules=tuple(map(tuple, listed)),
    )  # fmt: skip
    truth = atoopt.solve(instance, "enumeration").objective
    assert atoopt.solve(instance, "milp", formulation="assignment").objective == pytest.approx(truth)


def test_no_time_leaves_the_heuristic_stock() -> None:
    """Without time to build the model: a checked stock and no bound."""
    result = atoopt.solve(log_normal(5, seed=0), "milp", time_limit=0.0)
    assert result.bound is None
    assert result.status in ("feasible", "unknown")


def test_a_restricted_model_claims_no_bound() -> None:
    """Over pairs only, the bound is a restricted one, and lies above the optimum over all modules."""
    instance = log_normal(4, seed=2)
    whole = atoopt.solve(instance, "milp")
    pairs = atoopt.solve(instance, "milp", candidates="at-most-2")
    assert (pairs.status, pairs.bound) == ("feasible", None)
    assert pairs.restricted_bound == pytest.approx(pairs.objective)
    assert pairs.objective >= whole.objective - 1e-9
    assert all(len(module) <= 2 for module in pairs.solution.modules)


def test_a_start_that_presolve_cannot_better_is_proven() -> None:
    """HiGHS then calls its own cutoff infeasible and the start optimal, and gives no bound: it is the start's cost."""
    names = ("b", "n", "e", "a")
    instance = StockInstance(
        name="free assembly", components=names, products=(Product(components=("n", "a", "b"), demand=1),),
        costs=Costs(preassembly=0.19, fixed_transport=9.43, variable_transport=2.37, final_assembly=0),
        cost_basis="usage", time_per_operation=1e-6, max_mean_assembly_time=2e-6, max_modules=5,
        candidate_modules=(("a", "b"), ("a", "b", "n", "e"), ("b", "n"), ("a", "n"), ("b",)),
    )  # fmt: skip
    result = atoopt.solve(instance, "milp", formulation="pattern")
    assert (result.status, result.objective) == ("optimal", pytest.approx(44.83))


ONE_PRODUCT = StockInstance(
    name="one product", components=("a", "b", "c"), max_mean_assembly_time=None,
    products=(Product(components=("a", "b", "c"), demand=1),),
    costs=Costs(preassembly=1, fixed_transport=2, variable_transport=0.4, final_assembly=10),
)  # fmt: skip


def test_candidates_asked_for_bind_the_start_too() -> None:
    """The heuristics would hold the whole product, far cheaper than any pair: the answer is of pairs all the same."""
    result = atoopt.solve(ONE_PRODUCT, "milp", candidates="at-most-2")
    assert (result.status, result.solution.cost) == ("feasible", pytest.approx(21.0))
    assert result.restricted_bound == pytest.approx(21.0)


def test_a_start_outside_the_candidates_is_kept_and_no_bound_exceeds_it() -> None:
    """Where the candidates are the method's own choice, a better stock from elsewhere stays the answer."""
    pairs = named_candidates(ONE_PRODUCT, "at-most-2")
    start = evaluate(ONE_PRODUCT, [["a", "b", "c"]])
    claim = solve_to_claim(ONE_PRODUCT, Run(), build(ONE_PRODUCT, "pattern", pairs), pairs.complete, start)
    assert (claim.solution, claim.bound, claim.restricted_bound) == (start.masks, None, pytest.approx(start.cost))


@pytest.mark.parametrize("unit", [1e-12, 1e-6, 1e9, 1e14])
@pytest.mark.parametrize("basis", ["stock", "usage"])
def test_the_unit_of_money_changes_nothing(unit: float, basis: str) -> None:
    """Tiny and huge costs: the same stock is proven optimal."""
    plain = log_normal(4, seed=1).replace(cost_basis=basis)
    costs = {name: unit * value for name, value in plain.costs.model_dump().items()}
    truth, result = atoopt.solve(plain, "milp"), atoopt.solve(plain.replace(costs=costs), "milp")
    assert (truth.status, result.status) == ("optimal", "optimal")
    assert result.objective == pytest.approx(unit * truth.objective, rel=1e-6)


def test_no_stock_is_infeasible_not_unknown() -> None:
    """A mean time of zero with only the single components is proven impossible."""
    instance = log_normal(4, seed=0).replace(max_mean_assembly_time=0.0, max_modules=4)
    result = atoopt.solve(instance, "milp")
    assert (result.status, result.objective, result.solution) == ("infeasible", None, None)


def test_auto_says_what_it_picked(uniform_5: StockInstance) -> None:
    """Small instances are solved whole, an asked-for formulation too, and the result says why."""
    small = atoopt.solve(log_normal(4, seed=0), "auto")
    assert (small.status, small.details["picked"]) == ("optimal", "milp")
    asked = atoopt.solve(log_normal(4, seed=0), formulation="assignment")
    assert asked.details["formulation"] == "assignment"
    assert asked.objective == pytest.approx(small.objective)
    assert "formulation" in asked.message


def test_auto_on_a_real_size() -> None:
    """90 options: a feasible stock and a bound below its cost, from the method that prices its modules."""
    instance = wire_harness(90, 150, 1)
    result = atoopt.solve(instance, time_limit=4)
    assert result.details["picked"] == "decomposition"
    assert result.solution.feasible
    assert 0 < result.bound <= result.objective
