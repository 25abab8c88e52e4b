"""Random models of two objectives against brute force: does a front called complete lack a point, or hold a false one?

    python -m tests.bench.brute_fronts --n 2000 --seed 1

Prints how many models of each kind were tried, and every fault with the seed that makes its model again.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pyomo.environ as pyo

from atoopt.pareto import pareto_front

METHODS = ("epsilon-constraint", "balanced-box")


class Case(NamedTuple):
    """A model of whole variables only.

    Attributes
    ----------
    costs : (2, n) array
    senses : (int, int)
        1 to minimize, -1 to maximize.
    rows : list of (coefficients, "<=" or ">=" or "==", right-hand side)
    lower, upper : (n,) arrays of int
    """

    costs: np.ndarray
    senses: tuple[int, int]
    rows: list[tuple[np.ndarray, str, float]]
    lower: np.ndarray
    upper: np.ndarray


def numbers(rng: np.random.Generator, n: int, kind: str) -> np.ndarray:
    """Return coefficients of a kind: from 1e-4 to 1e6 where they are not small whole numbers."""
    size = 10.0 ** rng.uniform(-4, 6, n)
    sign = np.where(rng.random(n) < 0.25, -1.0, 1.0)
    if kind == "whole":
        return sign * rng.integers(1, 100, n)
    if kind == "wide whole":
        return sign * np.rint(np.maximum(1, size))
    if kind == "decimal":
        return np.array([float(f"{v:.3g}") for v in sign * size])
    if kind == "one large":
        values = rng.integers(1, 20, n).astype(float)
        values[rng.integers(n)] = float(rng.choice([1e5, 2e6, 123456.75, 1e6 + 0.25]))
        return sign * values
    return sign * size  # real


KINDS = ("whole", "wide whole", "decimal", "one large", "real")


def random_case(seed: int) -> tuple[str, Case]:
    """Return a model of four to nine whole variables, and what kind it is."""
    rng = np.random.default_rng(seed)
    kinds = [str(rng.choice(KINDS)) for _ in range(2)]
    n = int(rng.integers(4, 10))
    lower, upper = np.zeros(n, dtype=int), np.ones(n, dtype=int)
    if rng.random() < 0.25:
        n = int(rng.integers(3, 6))
        lower, upper = rng.integers(-3, 1, n), rng.integers(1, 5, n)
    costs = np.stack([numbers(rng, n, kind) for kind in kinds])
    senses = tuple(int(s) for s in rng.choice([1, -1], 2))
    rows = []
    inside = rng.integers(lower, upper + 1)  # so that there is a solution
    for _ in range(int(rng.integers(0, 4))):
        row = numbers(rng, n, str(rng.choice(KINDS)))
        row[rng.random(n) < 0.4] = 0.0
        sign = str(rng.choice(["<=", ">=", "=="], p=[0.45, 0.45, 0.1]))
        if not row.any():
            continue
        if sign == "==":
            row = np.rint(np.clip(row, -9, 9))
            if not row.any():
                continue
        at = float(row @ inside)
        slack = float(np.abs(row).sum()) * float(rng.random()) * 0.5
        rows.append((row, sign, at if sign == "==" else float(f"{at + (slack if sign == '<=' else -slack):.6g}")))
        if (sign == "<=" and float(row @ inside) > rows[-1][2]) or (sign == ">=" and float(row @ inside) < rows[-1][2]):
            rows.pop()
    return " / ".join(kinds), Case(costs, (senses[0], senses[1]), rows, lower[:n], upper[:n])


def model_of(case: Case) -> pyo.ConcreteModel:
    """Return the Pyomo model of a case."""
    model, n = pyo.ConcreteModel(), len(case.lower)
    model.x = pyo.Var(range(n), domain=pyo.Integers, bounds=lambda m, i: (int(case.lower[i]), int(case.upper[i])))
    model.rows = pyo.ConstraintList()
    for row, sign, side in case.rows:
        body = sum(float(a) * model.x[i] for i, a in enumerate(row) if a)
        model.rows.add(body <= side if sign == "<=" else body >= side if sign == ">=" else body == side)
    for name, costs, sense in zip(("f", "g"), case.costs, case.senses, strict=True):
        total = sum(float(a) * model.x[i] for i, a in enumerate(costs))
        model.add_component(name, pyo.Objective(expr=total, sense=pyo.minimize if sense == 1 else pyo.maximize))
    return model


def exact(vector: np.ndarray, x: tuple[int, ...]) -> Fraction:
    """Return a scalar product without rounding."""
    return sum((Fraction(float(a)) * v for a, v in zip(vector, x, strict=True)), Fraction(0))


def solutions(case: Case) -> list[tuple[int, ...]]:
    """Return all solutions; a row holds within 1e-9 of its largest term, as the package promises."""
    ranges = [range(int(a), int(b) + 1) for a, b in zip(case.lower, case.upper, strict=True)]
    x = np.array(list(itertools.product(*ranges)))
    ok = np.ones(len(x), dtype=bool)
    for row, sign, side in case.rows:
        activity = x @ row
        room = 1e-12 * max(1.0, float(np.abs(row).max()), abs(side))
        if sign in ("<=", "=="):
            ok &= activity <= side + room
        if sign in (">=", "=="):
            ok &= activity >= side - room
    return [tuple(v) for v in x[ok].tolist()]


def true_front(case: Case) -> list[tuple[Fraction, Fraction]]:
    """Return the non-dominated values, both to be minimized, by the first."""
    found = solutions(case)
    values = sorted({tuple(s * exact(c, x) for c, s in zip(case.costs, case.senses, strict=True)) for x in found})
    front: list[tuple[Fraction, Fraction]] = []
    for first, second in values:
        if not front or second < front[-1][1]:
            front.append((first, second))
    return front


def faults(case: Case, method: str) -> list[str]:
    """Return what is wrong with the front of a case."""
    model = model_of(case)
    front = pareto_front(model, (model.f, model.g), method, progress=False)
    wanted = true_front(case)
    said: list[str] = []
    mine = []
    for point in front.points:
        x = tuple(round(point.solution.get(f"x[{i}]", 0)) for i in range(len(case.lower)))
        value = tuple(s * exact(c, x) for c, s in zip(case.costs, case.senses, strict=True))
        mine.append((value[0], value[1]))
        for k in range(2):
            size = float(np.abs(case.costs[k]) @ np.abs(x))
            if abs(float(value[k]) * case.senses[k] - point.objectives[k]) > 1e-12 * max(size, 1e-300):
                said.append(f"value {point.objectives[k]!r} is not its solution's {float(value[k]) * case.senses[k]!r}")
        if x not in set(solutions(case)):
            said.append(f"{point.objectives} is no solution")
    if any(q != p and q[0] <= p[0] and q[1] <= p[1] for p in mine for q in mine):
        said.append("a point dominates another")
    if not front.complete:
        return [*said, f"not complete: {front.stop_reason}"]
    steps = [Fraction(v) * (1 + Fraction(1, 10**6)) for v in front.details.get("resolution", [0.0, 0.0])]
    rounding = [Fraction(1, 10**12) * Fraction(float(np.abs(c).sum() * 10)) for c in case.costs]
    room = [step + r for step, r in zip(steps, rounding, strict=True)]
    missing = [y for y in wanted if not any(p[0] <= y[0] + room[0] and p[1] <= y[1] + room[1] for p in mine)]
    if missing:
        said.append(f"complete, but lacks {[tuple(map(float, y)) for y in missing]}")
    if len(mine) < len(wanted) and not any(steps):
        said.append(f"complete and exact, but {len(mine)} of {len(wanted)} points")
    elif len(mine) < len(wanted):
        said.append("~fewer points than there are, within the resolution")
    return said


def run(n: int, seed: int, log: Callable[[str], Any] = print) -> Counter[str]:
    """Try cases and count their faults."""
    counts: Counter[str] = Counter()
    for number in range(seed * 1_000_000, seed * 1_000_000 + n):
        kind, case = random_case(number)
        for method in METHODS if number % 4 == 0 else METHODS[:1]:
            counts["fronts"] += 1
            for fault in faults(case, method):
                counts[fault.split(":")[0].split("[")[0]] += 1
                if not fault.startswith("~"):
                    log(f"seed {number} ({kind}) {method}: {fault}")
    return counts


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began = time.perf_counter()
    counts = run(options.n, options.seed)
    print(dict(counts), f"{time.perf_counter() - began:.0f} s")
    sys.exit(any(not key.startswith(("~", "fronts")) for key in counts))


if __name__ == "__main__":
    main()
