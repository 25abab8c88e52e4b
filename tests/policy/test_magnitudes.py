"""Parts of very different size, and sums that nearly agree: what is said of them must still be true."""

from __future__ import annotations

from typing import Any

import pytest

import atoopt
from tests.policy.brute import all_policies, front_of, instance_of


def part(name: str, demand: float, orders: float, batch: float, epq: float, setup: float) -> dict[str, Any]:
    """Return the JSON data of a part with one process."""
    return {
        "id": name, "annual_demand": demand, "orders_per_year": orders, "batch": batch, "pieces_per_pallet": epq,
        "setup_hours": {"cut": setup}, "run_hours_per_piece": {"cut": 0.01},
    }  # fmt: skip


def policy_of(*parts: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """Return the JSON data of an instance."""
    return {"format": "atoopt/policy", "version": 1, "name": "sizes", "parts": list(parts), **keys}


# decimals without a common denominator of ordinary size; the large part takes some 1,000 pallets, the small one 2e-7
LARGE = part("large", 8000.123456789, 20.0123456789, 2000.987654321, 1.000123456, 0.1234567891)
SMALL = part("small", 50.987654321, 40.123456789, 3.0000123457, 7612345.6789, 0.234567)


def test_points_that_nearly_agree_in_one_objective() -> None:
    """A part of 2e-7 among 1,000 pallets is still a point of its own, for hours that are not alike."""
    data = policy_of(LARGE, SMALL)
    front = atoopt.pareto(instance_of(data), "exact")
    assert front.complete
    assert len(front) == len(front_of(all_policies(data))) == 3


def test_a_limit_between_points_that_nearly_agree() -> None:
    """A limit of no pallet is met by making everything to order, however small the last part is."""
    instance = instance_of(policy_of(LARGE, SMALL, limits={"max_pallets": 0.0}))
    result = atoopt.solve(instance, "exact")
    assert result.status == "optimal"
    assert result.solution.moved == ("large", "small")
    assert len(atoopt.pareto(instance, "exact")) == 1


def test_a_small_rest_of_a_large_range_is_proven() -> None:
    """Where limits leave a small share of the pallets, the best policy is still proven."""
    small = SMALL | {"pieces_per_pallet": 76123.456789}
    data = policy_of(LARGE, small, limits={"max_pallets": 1e-3, "max_setup_hours": 10.0})
    result = atoopt.solve(instance_of(data), "exact", objective="pallets")
    assert result.status == "optimal"
    assert result.objective == pytest.approx(min(pallets for pallets, _ in all_policies(data)))


def test_a_bound_that_the_start_refutes_is_not_claimed() -> None:
    """Where a solver's tolerance hides the small parts, milp keeps the better start and claims no proof."""
    data = policy_of(
        part("still", 2300, 23, 4878, 162, 0.0), part("small", 46, 0.41, 1800, 1400, 0.74),
        part("absurd", 270000, 590, 0.014, 1.5, 0.5404129806256192), part("idle", 52000, 1.7, 6.7, 0.096, 0.0),
        limits={"max_pallets": 46.9},
    )  # fmt: skip
    result = atoopt.solve(instance_of(data), "milp", objective="setup_hours")
    least = min(hours for _, hours in all_policies(data))
    assert result.bound is None or result.bound <= least * (1 + 1e-9)
    assert result.objective == pytest.approx(least)


@pytest.mark.parametrize("method", ["exact", "epsilon-constraint"])
@pytest.mark.parametrize("most", [0.27, 0.4])
def test_a_limit_that_no_policy_moves(method: str, most: float) -> None:
    """Where both policies take the same hours, a limit on them allows all or nothing, and no method fails."""
    data = policy_of(part("same", 1, 1, 1, 30.5, 0.4), limits={"max_setup_hours": most})
    front = atoopt.pareto(instance_of(data), method)
    assert front.complete
    assert front.values.tolist() == [list(point) for point in front_of(all_policies(data))]


@pytest.mark.parametrize("method", ["exact", "milp"])
def test_nothing_in_stock_is_proven(method: str) -> None:
    """The least number of pallets is 0, which rounding in a solver's bound leaves proven."""
    data = policy_of(*(part(f"P{i}", 100.7 + i, 7.3, 11.1 + i, 3.3, 0.1) for i in range(7)))
    result = atoopt.solve(instance_of(data), method, objective="pallets")
    assert (result.status, result.objective, result.bound) == ("optimal", 0.0, 0.0)


@pytest.mark.parametrize("method", ["exact", "milp"])
def test_a_limit_that_just_holds_beside_a_part_of_millions_of_hours(method: str) -> None:
    """The large part is made to order; what the limit leaves for the others, 5e-7 hours, is not lost."""
    data = policy_of(
        part("fixed", 1, 0.5, 400, 326, 0.1),
        part("often", 0.001, 133, 3.975472254111972, 96, 0.1),
        part("rare", 0.46889567922121556, 0.5, 1, 1, 0.1),
        part("large", 21311815.79997801, 0.5, 1, 268, 0.2),
        *(part(name, 1, 0.5, 400, 158, 1e-6) for name in ("one", "other")),
        fixed_policy={"fixed": "MTS"},
    )
    limit = 0.14716522466634918
    limited = data | {"limits": {"max_setup_hours": limit}}
    wanted = min(p + 2 * h for p, h in all_policies(data) if h <= limit * (1 + 1e-9))
    result = atoopt.solve(instance_of(limited), method)
    assert result.status == "optimal"
    assert result.objective == pytest.approx(wanted, rel=1e-9)
    front = atoopt.pareto(instance_of(limited), method)
    assert front.complete
    assert len(front) == len(atoopt.pareto(instance_of(limited), "exact"))
