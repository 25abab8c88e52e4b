"""The policy problem by brute force in plain Python, and random instances; it shares no code with atoopt.policy."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import strategies as st

from atoopt.policy import PolicyInstance

RELATIVE = 1e-9


def totals(data: dict[str, Any], mto: tuple[bool, ...]) -> tuple[float, float, dict[str, float]]:
    """Return pallets, set-up hours and hours per process of a policy, straight from the JSON data."""
    pallets, setup = 0.0, 0.0
    hours: dict[str, float] = {}
    for part, to_order in zip(data["parts"], mto, strict=True):
        batch, demand = part["batch"], part["annual_demand"]
        events = part["orders_per_year"] if to_order else demand / batch
        if not to_order:
            pallets += batch / (2 * part["pieces_per_pallet"])
        for process, time in part["setup_hours"].items():
            setup += time * events
            hours[process] = hours.get(process, 0.0) + time * events
        for process, time in part["run_hours_per_piece"].items():
            hours[process] = hours.get(process, 0.0) + time * demand
    return pallets, setup, hours


def allowed(data: dict[str, Any], mto: tuple[bool, ...]) -> bool:
    """Whether a policy keeps every limit, fixed policy and group."""
    pallets, setup, hours = totals(data, mto)
    limits = data.get("limits", {})
    pairs = [(pallets, limits.get("max_pallets")), (setup, limits.get("max_setup_hours"))]
    pairs += [(hours[j], limit) for j, limit in limits.get("process_hours", {}).items()]
    if any(limit is not None and value > limit * (1 + RELATIVE) for value, limit in pairs):
        return False
    policy = {part["id"]: "MTO" if m else "MTS" for part, m in zip(data["parts"], mto, strict=True)}
    if any(policy[name] != wanted for name, wanted in data.get("fixed_policy", {}).items()):
        return False
    return all(len({policy[name] for name in group}) == 1 for group in data.get("same_policy", []))


def all_policies(data: dict[str, Any]) -> list[tuple[float, float]]:
    """Return pallets and set-up hours of every allowed policy."""
    return [totals(data, mto)[:2] for mto in product((False, True), repeat=len(data["parts"])) if allowed(data, mto)]


def all_rules(data: dict[str, Any]) -> list[tuple[float, float]]:
    """Return pallets and set-up hours of every allowed threshold rule, by a double loop over the parts' values."""
    agility = [agility_of(part) for part in data["parts"]]
    epq = [part["pieces_per_pallet"] for part in data["parts"]]
    found = []
    for least_agility in [*agility, float("inf")]:
        for most_epq in [*epq, 0.0]:
            mto = tuple(a >= least_agility and e <= most_epq for a, e in zip(agility, epq, strict=True))
            if allowed(data, mto):
                found.append(totals(data, mto)[:2])
    return found


def agility_of(part: dict[str, Any]) -> float:
    """Return 1 / (Ts Tp)."""
    return 1 / (sum(part["setup_hours"].values()) * sum(part["run_hours_per_piece"].values()))


def front_of(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the non-dominated points by ascending pallets; differences below 1e-9 are rounding."""
    kept: list[tuple[float, float]] = []
    for pallets, setup in sorted((round(p, 9), round(s, 9)) for p, s in points):
        if not kept or setup < kept[-1][1] - 1e-8:
            kept.append((pallets, setup))
    return kept


_time = st.sampled_from([0.05, 0.1, 0.15, 0.2, 0.3, 0.5])


@st.composite
def policy_data(draw: st.DrawFn, most_parts: int = 7, *, constrained: bool = False) -> dict[str, Any]:
    """Draw the JSON data of a small instance; if `constrained`, with limits, fixed policies and groups."""
    n = draw(st.integers(1, most_parts))
    parts = [
        {
            "id": f"P{i}",
            "annual_demand": draw(st.sampled_from([50, 100, 250, 400, 1000])),
            "orders_per_year": draw(st.sampled_from([1, 2, 5, 10, 12.5, 24])),
            "batch": draw(st.sampled_from([10, 25, 40, 60, 100, 300])),
            "setup_hours": {j: draw(_time) for j in ("cut", "bend")},
            "run_hours_per_piece": {j: draw(_time) for j in ("cut", "bend")},
            "pieces_per_pallet": draw(st.sampled_from([4, 6, 10, 12, 25])),
        }
        for i in range(n)
    ]
    data: dict[str, Any] = {"format": "atoopt/policy", "version": 1, "name": "drawn", "parts": parts}
    if not constrained:
        return data
    stock, order = totals(data, (False,) * n), totals(data, (True,) * n)
    share = st.sampled_from([0.0, 0.3, 0.5, 0.7, 0.9, 1.1])
    maybe = st.booleans()
    limits: dict[str, Any] = {}
    if draw(maybe):
        limits["max_pallets"] = stock[0] * draw(share)
    if draw(maybe):
        limits["max_setup_hours"] = stock[1] + (order[1] - stock[1]) * draw(share)
    if draw(maybe):
        limits["process_hours"] = {"bend": stock[2]["bend"] + (order[2]["bend"] - stock[2]["bend"]) * draw(share)}
    limits = {key: max(0.0, value) if isinstance(value, float) else value for key, value in limits.items()}
    ids = [part["id"] for part in parts]
    fixed = draw(st.dictionaries(st.sampled_from(ids), st.sampled_from(["MTO", "MTS"]), max_size=2))
    groups = draw(st.lists(st.lists(st.sampled_from(ids), min_size=1, max_size=3, unique=True), max_size=2))
    return data | {"limits": limits, "fixed_policy": fixed, "same_policy": groups}


def instance_of(data: dict[str, Any]) -> PolicyInstance:
    """Return the instance of some data."""
    from atoopt.base.files import validated

    return validated(PolicyInstance, data)
