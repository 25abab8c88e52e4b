"""The paper's four steps on the named 425-part instance, against free assignment."""

from __future__ import annotations

import numpy as np
import pytest

import atoopt
from atoopt.pareto.choose import balance_line, utopia_distance, weighted_sum
from atoopt.policy import PolicyInstance
from atoopt.policy.frontier.assignment import complete_front, pallets_above, supported_front
from atoopt.policy.report import report
from atoopt.policy.threshold.rules import grid, rules


def test_chosen_point_of_425_parts(plates_425: PolicyInstance) -> None:
    """The chosen rule, its thresholds and the parts that move are the published ones of this instance."""
    found = report(plates_425)
    chosen = found.chosen
    assert found.rules.n_rules == 36_126
    assert len(found.rule_front) == 548
    assert (round(chosen.pallets, 2), round(chosen.setup_hours, 2)) == (335.31, 167.31)
    assert chosen.thresholds is not None
    assert round(chosen.thresholds.agility, 4) == 25.4978
    assert chosen.thresholds.pieces_per_pallet == 13
    assert len(chosen.moved) == 117
    assert found.free is not None
    assert found.free.complete
    assert len(found.free) == 26_399
    assert found.to_json()["free_assignment"]["pallets_above_at_chosen"] == pytest.approx(110.77, abs=0.01)


@pytest.mark.parametrize("name", ["plates-60", "plates-425"])
def test_free_frontier_is_nowhere_above_the_rules(name: str) -> None:
    """No rule takes fewer pallets than free assignment does within the same set-up hours."""
    instance = atoopt.load(f"instances/policy/{name}.json")
    above = pallets_above(complete_front(instance).values, rules(instance).frontier().values)
    assert not np.isnan(above).any()
    assert above.min() >= -1e-6
    assert above.max() > 1


def test_supported_points_are_on_the_frontier(plates_60: PolicyInstance) -> None:
    """Every extreme supported point is a point of the complete frontier, and none lies below their hull."""
    values, corners = complete_front(plates_60).values, supported_front(plates_60).values
    for pallets, hours in corners:
        assert np.abs(values - (pallets, hours)).max(axis=1).min() < 1e-6
    hull = np.interp(values[:, 0], corners[:, 0], corners[:, 1])
    assert (values[:, 1] >= hull - 1e-9).all()
    for weights in ((1.0, 2.0), (1.0, 10.0), (3.0, 1.0)):
        least = (values @ weights).min()
        assert (corners @ weights).min() == pytest.approx(least)


def test_grid_finds_no_more_than_all_rules(plates_425: PolicyInstance) -> None:
    """The paper's grid reaches only a part of the rules, none of which beats the exact frontier."""
    table = rules(plates_425)
    corners = grid(table, 600, 120)
    assert len(corners) < table.n_rules
    saved, added = table.sums(table.data.saved), table.sums(table.data.added)
    inside = corners[(corners >= 0).all(axis=1)]
    values = table.values(saved[*inside.T], added[*inside.T])
    exact = table.frontier().values
    assert (pallets_above(exact, values) >= -1e-6).all()


def test_all_values_is_the_rules_one_by_one(plates_60: PolicyInstance) -> None:
    """The table of prefix sums gives what each rule's own policy gives."""
    table = rules(plates_60)
    values = table.all_values().reshape(-1, 2)
    rng = np.random.default_rng(1)
    for flat in rng.integers(0, table.n_rules - 1, 50).tolist():
        row, column = divmod(flat, table.pieces_per_pallet.size)
        to_order = (plates_60.agility >= table.agility[row]) & (
            plates_60.pieces_per_pallet <= table.pieces_per_pallet[column]
        )
        pallets = plates_60.mts_pallets[~to_order].sum()
        hours = np.where(to_order, plates_60.mto_setup_hours, plates_60.mts_setup_hours).sum()
        assert values[flat].tolist() == pytest.approx([pallets, hours])
    assert values[-1].tolist() == pytest.approx([plates_60.mts_pallets.sum(), plates_60.mts_setup_hours.sum()])


def test_blocks_of_rows_change_nothing(plates_60: PolicyInstance, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules evaluated a few rows at a time give the same frontier."""
    whole = rules(plates_60).frontier()
    monkeypatch.setattr("atoopt.policy.threshold.rules.BLOCK", 100)
    parts = rules(plates_60).frontier()
    assert np.array_equal(whole.values, parts.values)
    assert [whole.thresholds(i) for i in range(len(whole))] == [parts.thresholds(i) for i in range(len(parts))]


@pytest.mark.parametrize(
    ("choose", "weights", "wanted"),
    [(balance_line, (1.0, 2.0), 1), (weighted_sum, (1.0, 2.0), 2), (weighted_sum, (1.0, 30.0), 0),
     (utopia_distance, (1.0, 1.0), 1), (utopia_distance, (1.0, 0.1), 2)],
)  # fmt: skip
def test_choosing_by_hand(choose: object, weights: tuple[float, float], wanted: int) -> None:
    """Each way of choosing, worked by hand on three points."""
    front = np.array([[500.0, 157.0], [335.0, 165.0], [100.0, 200.0]])
    assert choose(front, weights) == wanted  # type: ignore[operator]


def test_time_limit_gives_the_supported_points(plates_425: PolicyInstance) -> None:
    """Without time for the whole frontier: supported points, not complete, and the reason; solve keeps its bound."""
    front = atoopt.pareto(plates_425, "exact", time_limit=0)
    assert not front.complete
    assert front.stop_reason == "time limit"
    assert len(front) > 300
    limited = plates_425.replace(limits={"max_pallets": 200.0})
    result = atoopt.solve(limited, "exact", objective="setup_hours", time_limit=0)
    assert result.status == "feasible"
    assert 0 < result.gap < 0.01
    best = atoopt.solve(limited, "exact", objective="setup_hours")
    assert best.status == "optimal"
    assert result.bound <= best.objective + 1e-9 <= result.objective + 2e-9


def test_points_with_a_stated_coverage_error(plates_425: PolicyInstance) -> None:
    """A hundred points: both ends, each a policy of the instance, the error as stated by a plain double loop."""
    whole = atoopt.pareto(plates_425)
    some = atoopt.pareto(plates_425, points=100)
    assert len(some) <= 100
    assert not some.complete
    assert some.values[[0, -1]].tolist() == whole.values[[0, -1]].tolist()
    span = np.ptp(whole.values, axis=0)
    distance = np.abs(whole.values[::50, None] - some.values[None]) / span
    assert distance.max(axis=2).min(axis=1).max() <= some.details["coverage_error"] + 1e-12 < 0.01
    for point in some.points[::20]:
        wanted = point.solution.pallets, point.solution.setup_hours
        assert point.objectives == pytest.approx(wanted, rel=1e-9, abs=1e-9)


def test_infeasible_limits_say_what_would_help(plates_12: PolicyInstance) -> None:
    """The least value of each limit that helps is exact: with it there is a policy, with less there is none."""
    limits = {"max_pallets": 20.0, "max_setup_hours": 60.0}
    result = atoopt.solve(plates_12.replace(limits=limits))
    assert result.status == "infeasible"
    assert result.objective is result.bound is result.solution is None
    for name, value in result.details["relaxations"].items():
        assert atoopt.solve(plates_12.replace(limits={**limits, name: value})).status == "optimal"
        assert atoopt.solve(plates_12.replace(limits={**limits, name: value * 0.9999})).status == "infeasible"


def test_contradicting_rules_are_infeasible(plates_12: PolicyInstance) -> None:
    """Parts that must go together and are fixed apart: proven, and said, by every method."""
    broken = plates_12.replace(fixed_policy={"P02": "MTO", "P03": "MTS"}, limits={})
    for method in ("exact", "milp"):
        result = atoopt.solve(broken, method)
        assert result.status == "infeasible"
        assert "contradict each other" in result.message
    assert len(atoopt.pareto(broken)) == 0


@pytest.mark.parametrize("limits", [{}, {"process_hours": {"bending": 640}}, {"max_pallets": 25.0}])
def test_same_optimum_by_every_method(plates_12: PolicyInstance, limits: dict[str, object]) -> None:
    """exact, milp and auto agree on the named instance of twelve parts, and rules are never better."""
    instance = plates_12.replace(limits=limits)
    found = {method: atoopt.solve(instance, method) for method in ("auto", "exact", "milp", "threshold")}
    values = [found[method].objective for method in ("auto", "exact", "milp")]
    assert values == pytest.approx([values[0]] * 3)
    assert all(found[method].status == "optimal" for method in ("auto", "exact", "milp"))
    rule = found["threshold"]
    assert rule.objective is None or rule.objective >= values[0] - 1e-9


def test_thinned_front_is_honest(plates_425: PolicyInstance, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where lists are thinned: not complete, the loss is stated and holds, and values are those of the policies."""
    whole = complete_front(plates_425).values
    monkeypatch.setattr(
        "atoopt.policy.frontier.exact.complete_front", lambda instance, stop: complete_front(instance, max_points=4000)
    )
    front = atoopt.pareto(plates_425, points=60)
    assert not front.complete
    assert "thinned" in front.stop_reason
    for point in front.points:
        assert point.objectives == (point.solution.pallets, point.solution.setup_hours)
    assert (pallets_above(whole, front.values) >= -1e-6).all()
    thinned = complete_front(plates_425, max_points=4000)
    later = whole[::200] + np.array([0.0, thinned.resolution[1]])
    assert (pallets_above(thinned.values, later) >= -1e-6).all()
