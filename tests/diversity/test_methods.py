"""Every method and every front against brute force."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

import atoopt
from atoopt.diversity import DiversityInstance
from atoopt.diversity.core import Core, core_of
from atoopt.diversity.lagrangian.relaxation import decided, relax
from atoopt.diversity.lagrangian.remainder import solve_remainder
from atoopt.solvers.run import Run
from atoopt.stock import Product
from tests.diversity.random_orders import brute_force, random_orders


@pytest.mark.parametrize(("method", "n_seeds"), [("milp", 60), ("lagrangian", 500), ("auto", 20)])
def test_methods_find_what_brute_force_finds(method: str, n_seeds: int) -> None:
    """Least give-away proven, or infeasibility, with zero and other weights."""
    for seed in range(n_seeds):
        instance = random_orders(seed)
        result, truth = atoopt.solve(instance, method), brute_force(instance)
        if truth is None:
            assert result.status == "infeasible", seed
            assert "within no other" in result.message
        else:
            assert result.status == "optimal", seed
            assert result.objective == pytest.approx(truth, abs=1e-9), seed


@pytest.mark.parametrize("method", ["lagrangian", "epsilon-constraint"])
def test_curves_have_every_number_of_variants(method: str) -> None:
    """A point for each P that gives less away than fewer do, by brute force for each, and a complete front."""
    for seed in range(12):
        instance = random_orders(seed).replace(max_variants=None)
        truths = [brute_force(instance.replace(max_variants=most)) for most in range(1, 9)]
        wanted = [
            (value, most) for most, value in enumerate(truths, 1)
            if value is not None and (most == 1 or (before := truths[most - 2]) is None or before > value + 1e-9)
        ]  # fmt: skip
        front = atoopt.pareto(instance, method)
        assert front.complete
        assert np.allclose(front.values, np.array(wanted[::-1]), atol=1e-9), seed
        assert front.points[0].solution.give_away == pytest.approx(front.values[0, 0])


def test_a_curve_ends_at_the_limit_and_may_be_thinned() -> None:
    """P of the instance is the most; fewer points are asked for; no choice at all is an empty, complete curve."""
    instance = atoopt.load("instances/diversity/trims-6.json")
    assert atoopt.pareto(instance).values[:, 1].tolist() == [4, 3, 2]
    assert len(atoopt.pareto(instance.replace(max_variants=None), points=3)) == 3
    none = atoopt.pareto(instance.replace(max_variants=1))
    assert (len(none), none.complete) == (0, True)


def test_no_time_is_told() -> None:
    """Without time there is a choice and no false proof; a curve says that it is not complete."""
    instance = random_orders(3, n_components=7, n_products=60).replace(max_variants=45)
    result = atoopt.solve(instance, time_limit=0)
    assert result.status in ("feasible", "unknown")
    assert result.message == "time limit"
    assert not atoopt.pareto(instance, time_limit=0).complete


def test_the_relaxation_bounds_every_choice() -> None:
    """At any multipliers no choice saves more than L(u), and what is decided is so in each that saves enough."""
    draw, n_decided = np.random.default_rng(0), 0
    for seed in range(60):
        core = core_of(random_orders(seed))
        if core.budget < 1 or not core.free.any():
            continue
        u = draw.uniform(0.3, 0.9) * core.best_savings(core.free)
        relaxed, choices = relax(core, u), choices_of(core)
        saved = np.array([core.saved(chosen) for chosen in choices])
        assert relaxed.saved >= saved.max() - 1e-12
        least = float(np.quantile(saved, 0.9))
        must, must_not = decided(core, relaxed, least)
        n_decided += int(must.sum() + must_not.sum())
        better = [chosen for chosen, amount in zip(choices, saved, strict=True) if amount > least + 1e-12]
        assert all(chosen[must].all() and not chosen[must_not].any() for chosen in better), seed
    assert n_decided > 50


def choices_of(core: Core) -> list[NDArray[np.bool_]]:
    """Return every choice of as many free products as the budget allows."""
    free = np.flatnonzero(core.free).tolist()
    choices = []
    for some in combinations(free, min(core.budget, len(free))):
        choices.append(np.zeros(core.n, dtype=np.bool_))
        choices[-1][list(some)] = True
    return choices


def test_what_is_left_is_solved_as_the_model_solves_it() -> None:
    """The MILP in arrays, from the whole core: brute force's optimum."""
    for seed in range(40):
        instance = random_orders(seed)
        core, truth = core_of(instance), brute_force(instance)
        if truth is not None:
            chosen, answer = solve_remainder(core, Run())
            assert chosen is not None
            assert core.base - core.saved(chosen) == pytest.approx(truth, abs=1e-9)
            assert answer.objective == pytest.approx(truth, abs=1e-6)


def test_a_larger_instance_agrees_with_the_model() -> None:
    """Where brute force ends, the model is the twin."""
    for seed in range(4):
        instance = random_orders(seed, n_components=8, n_products=120)
        fewest = int(core_of(instance).opened.sum())
        instance = instance.replace(max_variants=fewest + 5 + 10 * seed)
        ours, whole = atoopt.solve(instance, "lagrangian"), atoopt.solve(instance, "milp")
        assert ours.status == whole.status == "optimal"
        assert ours.objective == pytest.approx(whole.objective, rel=1e-6)


def test_a_union_can_be_let_in() -> None:
    """Variants are products: a union helps only where it is ordered, too, by however few."""
    orders = (Product(components=("a",), demand=1.0), Product(components=("b",), demand=1.0))
    apart = DiversityInstance(name="apart", components=("a", "b"), products=orders, max_variants=1)
    assert atoopt.solve(apart).status == "infeasible"
    with_union = apart.replace(products=(*orders, Product(components=("a", "b"), demand=1e-9)))
    assert atoopt.solve(with_union).objective == pytest.approx(1.0)
