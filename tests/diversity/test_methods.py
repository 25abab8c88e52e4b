"""Every method and every front against brute force."""

from __future__ import annotations

import numpy as np
import pytest

import atoopt
from atoopt.diversity import DiversityInstance
from atoopt.diversity.core import core_of
from atoopt.diversity.lagrangian.heuristic import improved
from atoopt.diversity.lagrangian.relaxation import decided, relax
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
    """At any multipliers no choice saves more, and what is decided is so in every better choice."""
    draw = np.random.default_rng(0)
    for seed in range(100):
        instance = random_orders(seed)
        core = core_of(instance)
        truth = brute_force(instance)
        if truth is None:
            continue
        u = draw.uniform(0, 1, core.n) * core.best_savings(core.free)
        relaxed = relax(core, u)
        assert core.base - relaxed.saved <= truth + 1e-12
        best = core.base - truth
        must, must_not = decided(core, relaxed, best - 1e-6)
        found = np.zeros(core.n, dtype=np.bool_)
        found[list(atoopt.solve(instance, "milp").solution.positions)] = True
        assert core.saved(improved(core, must)) >= best - 1e-9 or not must.any() or found[must].all()
        assert not (must & must_not).any()


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
