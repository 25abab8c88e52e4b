"""Seeded random policy instances of few parts, made to be hard: large ratios, near ties, limits that just hold."""

from __future__ import annotations

import math
import random
from itertools import product
from typing import Any

from tests.policy.exact_values import ExactInstance

PROCESSES = ("cutting", "bending", "welding")


def random_data(seed: int, most_parts: int = 9) -> dict[str, Any]:
    """Return the JSON data of an instance."""
    rng = random.Random(seed)
    n = rng.choice([1, 2, 3, *range(2, most_parts + 1)])
    kind = rng.choice(["ratio", "ratio", "decimal", "near", "large"])
    processes = PROCESSES[: rng.choice([1, 2, 2, 3])]
    parts = [_part(rng, kind, processes) for _ in range(n)]
    if kind == "near" or rng.random() < 0.15:
        _nearly_alike(rng, parts)
    if kind == "large":
        _one_large(rng, parts)
    for i, part in enumerate(parts):
        part["id"] = f"P{i}"
    data: dict[str, Any] = {"format": "atoopt/policy", "version": 1, "name": f"random-{seed}", "parts": parts}
    if rng.random() < 0.25:
        fixed = rng.sample(range(n), rng.randint(1, min(2, n)))
        data["fixed_policy"] = {f"P{i}": rng.choice(["MTO", "MTS"]) for i in fixed}
    if rng.random() < 0.25 and n > 1:
        data["same_policy"] = [[f"P{i}" for i in rng.sample(range(n), rng.randint(2, min(3, n)))]]
    if rng.random() < 0.6:
        data["limits"] = _limits(rng, data)
    return data


def _number(rng: random.Random, kind: str, low: float, high: float) -> float:
    """Return a number between two powers of ten: a short decimal, or any double."""
    value = 10 ** rng.uniform(low, high)
    if kind == "decimal" or rng.random() < 0.2:
        return float(f"{value:.{rng.randint(1, 4)}g}")
    return value


def _part(rng: random.Random, kind: str, processes: tuple[str, ...]) -> dict[str, Any]:
    spread = (0.0, 8.0) if kind == "ratio" else (2.0, 4.0)
    demand = _number(rng, kind, *spread)
    batch = demand * _number(rng, kind, -3.0, 0.5)
    part: dict[str, Any] = {"id": "", "annual_demand": demand, "orders_per_year": _number(rng, kind, 0.0, 3.0)}
    if rng.random() < 0.15:
        order, holding = _number(rng, kind, 0.0, 2.0), _number(rng, kind, -2.0, 1.0)
        part["economic_order"] = {"order_cost": order, "holding_cost": holding}
    else:
        part["batch"] = float(f"{batch:.3g}") if kind == "decimal" else batch
    if rng.random() < 0.1:
        part["orders_per_year"] = _events(part) * rng.choice([1.0, 0.5, 1.0 + 1e-12])
    for key, low, high in (("setup_hours", -2.0, 0.5), ("run_hours_per_piece", -4.0, -1.0)):
        zero = rng.random() < 0.08
        part[key] = {j: 0.0 if zero else _number(rng, kind, low, high) for j in processes if rng.random() < 0.85}
    if rng.random() < 0.15:
        short = rng.choice([90.0, 120.5, 200.0])
        part["geometry"] = {
            "shape": rng.choice("ULI"), "long_side_mm": short + rng.choice([0.0, 50.5, 190.0]), "short_side_mm": short,
            "thickness_mm": rng.choice([0.5, 2.5, 10.0]), "layers": rng.randint(1, 9),
        }  # fmt: skip
    else:
        part["pieces_per_pallet"] = _number(rng, kind, 0.0, 4.0 if kind == "ratio" else 2.0)
    return part


def _events(part: dict[str, Any]) -> float:
    return float(part["annual_demand"] / part["batch"]) if "batch" in part else 12.0


def _nearly_alike(rng: random.Random, parts: list[dict[str, Any]]) -> None:
    """Make some parts copies of the first one, a few exact, the others off by a little."""
    for i in range(1, len(parts)):
        if rng.random() < 0.7:
            parts[i] = {**parts[0], "setup_hours": dict(parts[0]["setup_hours"])}
            off = 1 + rng.choice([0.0, 1e-15, 1e-13, 1e-11, 1e-9, 1e-7]) * rng.uniform(-1, 1)
            key = rng.choice(["annual_demand", "orders_per_year", "batch", "pieces_per_pallet"])
            if key in parts[i]:
                parts[i][key] *= off


def _one_large(rng: random.Random, parts: list[dict[str, Any]]) -> None:
    """Make one part larger than all others by up to 1e8 in pallets, in hours, or in both."""
    part = rng.choice(parts)
    factor = 10 ** rng.uniform(4, 8)
    if "pieces_per_pallet" in part and rng.random() < 0.7:
        part["pieces_per_pallet"] /= factor
    if rng.random() < 0.7:
        part["orders_per_year"] *= factor


def _limits(rng: random.Random, data: dict[str, Any]) -> dict[str, Any]:
    """Return limits that some policy keeps with room, just keeps, or just breaks; now and then with none at all."""
    truth = ExactInstance(data)
    policy = rng.choice(list(product((False, True), repeat=len(data["parts"]))))
    pallets, setup, hours = truth.totals(policy)
    limits: dict[str, Any] = {}

    def near(value: float) -> float:
        room = rng.choice([1.0, 1.0, 1 + 1e-6, 1 - 1e-6, rng.uniform(0.8, 1.5), 10 ** rng.uniform(-3, 1)])
        return max(0.0, value * room)

    if rng.random() < 0.5:
        limits["max_pallets"] = near(float(pallets))
    if rng.random() < 0.5:
        limits["max_setup_hours"] = near(float(setup))
    if rng.random() < 0.5 and hours:
        names = rng.sample(sorted(hours), rng.randint(1, len(hours)))
        limits["process_hours"] = {j: near(float(hours[j])) for j in names}
    return {key: value for key, value in limits.items() if value != math.inf}
