"""Fronts and proofs against brute force in exact arithmetic, on instances made to be hard, and on those that failed."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import atoopt
from atoopt.policy import PolicyInstance, evaluate
from atoopt.policy.data.generate import plates
from atoopt.policy.frontier.coupled import coupled_front
from atoopt.policy.frontier.scaling import scaled
from atoopt.policy.frontier.settled import settled
from tests.policy.brute import instance_of
from tests.policy.exact_values import ExactInstance, nondominated
from tests.policy.random_instances import random_data
from tests.policy.refutations import refutations
from tests.policy.test_magnitudes import part, policy_of


@pytest.mark.parametrize("seed", range(100, 130))
def test_nothing_is_refuted(seed: int) -> None:
    """Every front that is called complete is, every value is the policy's, and every proof is one."""
    assert refutations(random_data(seed, most_parts=6), solvers=("auto", "exact", "threshold")) == []


@pytest.mark.parametrize("seed", range(8))
def test_the_model_claims_nothing_false(seed: int) -> None:
    """The MILP's proofs are proofs, and where it has none it says why."""
    found = refutations(random_data(seed, most_parts=5), fronts=(), solvers=("milp",))
    assert [kind for kind, _ in found if not kind.endswith("not proven")] == []


# one process: its hours are the set-up hours and a constant, so that its limit cuts the front's end off
ENDS = policy_of(
    part("big", 1e6, 1.37, 35241.5816, 1, 1.0), part("tiny", 10.0, 100.123, 1.0, 24752.475, 1.0),
    part("small", 10.0, 31.5, 1.0, 67.4551, 1.0), limits={"process_hours": {"cut": 10133.5}},
)  # fmt: skip


@pytest.mark.parametrize("method", ["auto", "exact", "threshold", "epsilon-constraint"])
def test_no_end_is_lost(method: str) -> None:
    """A small part beside a large one keeps its point, at the end of the front, too."""
    front = atoopt.pareto(instance_of(ENDS), method)
    assert front.complete
    assert np.allclose(front.values, [[0.0, 132.993], [2.02e-5, 42.87], [0.0074325, 21.37]], rtol=1e-5, atol=0)
    assert front.ideal == (front.values[0, 0], front.values[-1, 1])


def one_large(ratio: float) -> dict[str, Any]:
    """Return a chain of small parts beside one that takes `ratio` times as much."""
    small = [part(f"s{i}", 10.0, 15.0 + 0.1 * i, 1.0, 100.0 / 1.31**i, 0.01 * 1.29**i) for i in range(7)]
    return policy_of(part("large", 30.0 * ratio, 7.0 * ratio, 10.0 * ratio, 3.0, 0.5), *small)


@pytest.mark.parametrize("ratio", [1e2, 1e6, 1e8, 1e10])
@pytest.mark.parametrize("method", ["exact", "threshold"])
def test_one_large_part_hides_no_small_one(method: str, ratio: float) -> None:
    """The front has as many points, whatever the size of one part; each with the values of its policy."""
    data = one_large(ratio)
    truth = ExactInstance(data)
    rules = truth.rule_policies()
    wanted = nondominated([p for p in truth.allowed() if method == "exact" or p.mto in rules])
    front = atoopt.pareto(instance_of(data), method)
    assert front.complete
    assert len(front) == len(wanted) == (256 if method == "exact" else 37)
    assert np.allclose(front.values, [[float(p.pallets), float(p.setup)] for p in wanted], rtol=1e-15, atol=0)


@pytest.mark.parametrize("ratio", [1e6, 1e11])
@pytest.mark.parametrize("method", ["exact", "threshold"])
def test_values_are_the_evaluators_to_the_last_digit(method: str, ratio: float) -> None:
    """What a front says of a policy is what the evaluator says; also near 0, beside a large range."""
    instance = instance_of(one_large(ratio))
    for point in atoopt.pareto(instance, method).points:
        again = evaluate(instance, point.solution.policy)
        assert point.objectives == (again.pallets, again.setup_hours)


def test_values_of_a_large_front_are_the_evaluators_to_the_last_digit() -> None:
    """The sums behind thousands of points, made all at once, are those of the evaluator."""
    instance = plates(60, 3)
    front = atoopt.pareto(instance, "exact")
    assert len(front) > 300
    for point in front.points[::10]:
        assert point.objectives == (point.solution.pallets, point.solution.setup_hours)
    assert (np.diff(front.values[:, 0]) > 0).all()
    assert (np.diff(front.values[:, 1]) < 0).all()


def test_twins_of_one_point_are_one() -> None:
    """Policies that agree in the file's decimals, and differ in the last digit of their doubles, are one point."""
    # 0.1 + 0.2 and 0.3 pallets; the hours are whole
    parts = [part(f"P{i}", 10.0, 20.0, 1.0, 0.5 / p, h) for i, (p, h) in enumerate([(0.1, 1), (0.2, 2), (0.3, 3.0)])]
    data = policy_of(*parts)
    pallets = {sum(p for p, m in zip((0.1, 0.2, 0.3), mask, strict=True) if m) for mask in np.ndindex(2, 2, 2)}
    assert len(pallets) == 8  # 0.3 is there twice, to the last digit
    assert len(atoopt.pareto(instance_of(data), "exact")) == 7


@pytest.mark.parametrize("method", ["exact", "auto"])
def test_a_small_optimum_of_a_large_range_is_proven(method: str) -> None:
    """The large part is made to order; small ones that stay in stock, of 1e-11 of its pallets, are proven best."""
    data = one_large(1e11) | {"limits": {"max_setup_hours": 3.5e11 + 3.0}}
    result = atoopt.solve(instance_of(data), method, objective="pallets")
    best = min(p.pallets for p in ExactInstance(data).allowed())
    assert result.status == "optimal"
    assert result.objective == pytest.approx(float(best), rel=1e-12)
    assert result.gap < 1e-9


def test_limits_settle_parts() -> None:
    """A part that alone breaks a limit is settled, and so are those that its settling leaves no choice."""
    instance = instance_of(one_large(1e6))
    assert (settled(instance) == -1).all()
    assert settled(instance.replace(limits={"max_pallets": 0.5})).tolist() == [1] + [-1] * 7
    both = instance.replace(limits={"max_pallets": 0.5, "max_setup_hours": 3.5e6 + 1.0})
    assert settled(both)[0] == 1
    assert (settled(instance.replace(limits={"max_pallets": 0.0})) == 1).all()


@pytest.mark.parametrize("seed", range(6))
def test_settled_parts_are_so_in_every_allowed_policy(seed: int) -> None:
    """No policy that keeps the limits has a settled part the other way."""
    data = random_data(1000 + seed, most_parts=7)
    given = settled(instance_of(data))
    for policy in ExactInstance(data).allowed():
        assert all(choice in (-1, mto) for choice, mto in zip(given.tolist(), policy.mto, strict=True))


@pytest.mark.parametrize("seed", range(6))
def test_coupled_fronts(seed: int) -> None:
    """Limits on several processes: the merged front is the brute-force one; too long a list is given up."""
    data = random_data(2000 + seed, most_parts=7)
    truth = ExactInstance(data)
    hours = truth.totals((False,) * truth.n)[2], truth.totals((True,) * truth.n)[2]
    data["limits"] = {"process_hours": {j: float(hours[0][j] + hours[1][j]) / 2 for j in truth.processes}}
    instance, wanted = instance_of(data), nondominated(ExactInstance(data).allowed())
    front = coupled_front(instance)
    assert front is not None
    assert len(front.values) == len(wanted)
    assert np.allclose(front.values, np.array([[float(p.pallets), float(p.setup)] for p in wanted]).reshape(-1, 2))
    assert coupled_front(instance, most_sums=0) is None


def tight(n_parts: int) -> PolicyInstance:
    """Return generated parts with a limit on each process between what both extremes take."""
    instance = plates(n_parts, 1)
    setup = instance.setup_hours_by_process
    events = instance.batches_per_year + 0.3 * (instance.orders_per_year - instance.batches_per_year)
    hours = (instance.run_hours + setup * events[:, None]).sum(axis=0)
    return instance.replace(limits={"process_hours": dict(zip(instance.processes, hours.tolist(), strict=True))})


def test_process_hours_where_merging_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model finds the same optimum and the same front, and says that it was it."""
    instance = tight(14)
    merged, merged_front = atoopt.solve(instance, "exact"), atoopt.pareto(instance, "exact")
    monkeypatch.setattr("atoopt.policy.frontier.exact.coupled_front", lambda *_, **__: None)
    modeled, modeled_front = atoopt.solve(instance, "exact"), atoopt.pareto(instance, "exact")
    assert merged.status == modeled.status == "optimal"
    assert merged.objective == pytest.approx(modeled.objective)
    assert "solved as a MILP" in modeled.message
    assert "MILP" not in merged.message
    assert np.allclose(merged_front.values, modeled_front.values)
    assert "epsilon-constraint" in modeled_front.details["note"]


@pytest.mark.parametrize("method", ["exact", "milp", "threshold"])
def test_what_is_not_proven_says_why(method: str) -> None:
    """A result that ends `feasible` has a message; a proven one needs none."""
    result = atoopt.solve(plates(20, 2), method, rel_gap=0.5 if method == "milp" else 0.0)
    assert result.status == "optimal" or result.message


def test_whole_units_are_exact_or_as_fine_as_they_can_be() -> None:
    """Decimals with a common denominator lose nothing; others at most one unit, and what is not 0 stays so."""
    data = scaled([Fraction(1, 4), Fraction(3)], [Fraction(1, 3), Fraction(-2)])
    assert (data.exact, data.error) == (True, (0.0, 0.0))
    values = [Fraction(10) ** 12 / 7, Fraction(1, 10**9), Fraction(1, 10**30)]
    data = scaled(values, [-value for value in values])
    assert not data.exact
    assert 0 < data.error[0] < 1e-5
    for value, saved, added in zip(values, data.saved.tolist(), data.added.tolist(), strict=True):
        assert saved == -added != 0
        assert abs(value - saved * Fraction(data.unit[0])) <= Fraction(data.unit[0])
    assert sum(data.saved.tolist()) < 2**61


@pytest.mark.parametrize("seed", [98, 103, 106, 111])
def test_ends_of_a_solvers_front_are_those_of_its_policies(seed: int) -> None:
    """Ideal and nadir of the epsilon-constraint method are values that points have, none below 0."""
    front = atoopt.pareto(instance_of(random_data(seed, most_parts=6)), "epsilon-constraint")
    assert len(front)
    assert front.complete
    assert (*front.ideal, *front.nadir) == (*front.values.min(axis=0), *front.values.max(axis=0))
    assert (front.values >= 0).all()


def test_a_solvers_policy_that_breaks_a_limit_is_left_out(plates_12: PolicyInstance, monkeypatch: Any) -> None:
    """The front then says that it may lack a point."""
    free = atoopt.pareto(plates_12.replace(limits={}), "exact")
    monkeypatch.setattr("atoopt.policy.model.formulation.SLACK", 0.05)
    limit = 0.98 * float(free.values[-3, 0])
    front = atoopt.pareto(plates_12.replace(limits={"max_pallets": limit}), "epsilon-constraint")
    assert not front.complete
    assert "breaks a limit" in front.stop_reason
    assert all(point.solution.feasible for point in front.points)
