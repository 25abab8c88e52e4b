"""Every method against brute force on small instances, with and without limits, fixed policies and groups."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import atoopt
from tests.policy.brute import all_policies, all_rules, front_of, instance_of, policy_data

WEIGHTS = {"pallets": (1.0, 0.0), "setup_hours": (0.0, 1.0), "weighted": (1.0, 2.0)}
SOME = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
FEW = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])


def same(found: np.ndarray, wanted: list[tuple[float, float]]) -> bool:
    """Whether two fronts agree to rounding."""
    return len(found) == len(wanted) and np.allclose(found, np.array(wanted).reshape(-1, 2), rtol=1e-9, atol=1e-8)


@SOME
@given(policy_data())
def test_free_frontier_without_limits(data: dict[str, Any]) -> None:
    """The merged frontier is the brute-force one, point by point."""
    front = atoopt.pareto(instance_of(data), "exact")
    assert front.complete
    assert same(front.values, front_of(all_policies(data)))


@FEW
@given(policy_data(constrained=True))
def test_fronts_with_limits(data: dict[str, Any]) -> None:
    """With limits, fixed policies and groups, merging and the epsilon-constraint MILP agree with brute force."""
    instance, wanted = instance_of(data), front_of(all_policies(data))
    for method in ("auto", "exact", "epsilon-constraint"):
        front = atoopt.pareto(instance, method)
        assert front.complete
        assert same(front.values, wanted), method
        for point in front.points:
            assert point.solution.feasible
            assert point.objectives == pytest.approx((point.solution.pallets, point.solution.setup_hours))


@SOME
@given(policy_data(constrained=True))
def test_threshold_rules_by_double_loop(data: dict[str, Any]) -> None:
    """All rules at once are the double loop over the parts' values, and every policy follows its thresholds."""
    front = atoopt.pareto(instance_of(data), "threshold")
    assert front.complete
    assert same(front.values, front_of(all_rules(data)))
    for point in front.points:
        assert np.array_equal(point.solution.thresholds.policy(point.solution.instance), point.solution.mto)
        assert point.solution.feasible


@FEW
@given(policy_data(constrained=True))
@pytest.mark.parametrize("objective", WEIGHTS)
def test_optimum_of_each_objective(objective: str, data: dict[str, Any]) -> None:
    """Each method proves the brute-force optimum, or that there is no policy."""
    instance, points = instance_of(data), np.array(all_policies(data)).reshape(-1, 2)
    for method in ("auto", "exact", "milp"):
        result = atoopt.solve(instance, method, objective=objective)
        if not len(points):
            assert result.status == "infeasible"
            assert result.objective is None
            continue
        assert result.status == "optimal"
        assert result.objective == pytest.approx((points @ WEIGHTS[objective]).min(), abs=1e-8)


@FEW
@given(policy_data(constrained=True))
def test_threshold_pick_has_a_valid_bound(data: dict[str, Any]) -> None:
    """The bound of the threshold method is below every policy, its restricted bound below every rule."""
    result = atoopt.solve(instance_of(data), "threshold")
    policies, rules = (np.array(points).reshape(-1, 2) @ (1, 2) for points in (all_policies(data), all_rules(data)))
    if len(policies) and result.bound is not None:
        assert result.bound <= policies.min() + 1e-8
    if not len(rules):
        assert result.status == "unknown"
    else:
        assert result.restricted_bound == pytest.approx(rules.min(), abs=1e-8)
        assert result.solution.thresholds is not None


@pytest.mark.parametrize("seed", range(3))
def test_fourteen_parts(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 14 generated parts, merging gives the frontier of all 16,384 policies, and so does the MILP either way."""
    from atoopt.policy.data.generate import plates

    instance = plates(14, seed)
    batches, mask = instance.mts_pallets, (np.arange(2**14)[:, None] >> np.arange(14)) & 1
    pallets = ((1 - mask) * batches).sum(axis=1)
    hours = np.where(mask, instance.mto_setup_hours, instance.mts_setup_hours).sum(axis=1)
    front = atoopt.pareto(instance, "exact")
    assert same(front.values, front_of(list(zip(pallets.tolist(), hours.tolist(), strict=True))))
    monkeypatch.setattr("atoopt.policy.fronts.WALKED", 60 if seed else 0)
    by_solver = atoopt.pareto(instance, "epsilon-constraint")
    assert by_solver.complete
    assert same(by_solver.values, [tuple(point) for point in front.values.tolist()])
