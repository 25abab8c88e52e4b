"""Speed of fronts: the engine against a plain loop in the same HiGHS, and against pyaugmecon where it is installed.

    python -m tests.bench.pareto                                  2kp50, and a knapsack of 100 items
    python -m tests.bench.pareto assignment:15 covering:60 location:8 stock:sparse-8 policy:plates-12
    python -m tests.bench.pareto knapsack:250 --seconds 600       points in ten minutes each
    python -m tests.bench.pareto knapsack:60 --peer-python PYTHON with pyaugmecon of that interpreter

For the plain loop see `tests.bench.plain_loop`, for the families `tests.bench.front_families`. All ways are run in
turn. Ratios of processor seconds are what to compare; with ``--seconds``, ratios of points a processor second. Child
processes outlive a front, so that several jobs are compared by the clock, on free cores.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from atoopt.pareto import pareto_front
from atoopt.pareto.program.compile import compile_program
from tests.bench.front_families import GENERATED, NAMED, PUBLISHED, generated, model_of, published
from tests.bench.plain_loop import PlainLoop

ALIKE = 1e-6
"""Fronts whose values differ by no more than this share of the range are called the same."""


@dataclass
class Ran:
    """What one way took, and what it found."""

    seconds: float
    wall: float
    points: np.ndarray
    solves: int
    complete: bool


def by_plain_loop(model: Any, limit: float) -> Ran:
    """Walk along the front pair by pair."""
    loops: list[PlainLoop] = []

    def walk() -> None:
        loops.append(PlainLoop(compile_program(model, (model.first, model.second))[0]))
        loops[0].walk(limit)

    seconds = _timed(walk)
    points = np.array(sorted(loops[0].points)).reshape(-1, 2)
    return Ran(*seconds, points, loops[0].solves, limit == math.inf)


def by_engine(model: Any, limit: float, jobs: int) -> Ran:
    """Find the front by ``pareto_front``; of one that was cut short only the proven points count."""
    fronts: list[Any] = []
    options = {"jobs": jobs, "time_limit": None if limit == math.inf else limit, "progress": False}
    seconds = _timed(lambda: fronts.append(pareto_front(model, (model.first, model.second), **options)))
    front = fronts[0]
    proven = len(front.values) - front.details.get("unproven_points", 0)
    return Ran(*seconds, front.values[:proven] if limit < math.inf else front.values, front.solves, front.complete)


def _timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Return the processor seconds of this process and of its children that have ended, and those of the clock."""
    before = os.times()
    work()
    after = os.times()
    return sum(after[:4]) - sum(before[:4]), after.elapsed - before.elapsed


def by_peer(data: dict[str, Any], front: np.ndarray, python: str) -> Ran:
    """Find a knapsack's front by pyaugmecon, given a grid that is fine enough for whole numbers."""
    task = json.dumps({**data, "grid_points": round(float(np.ptp(front[:, 1]))) + 1})
    here = Path(__file__).with_name("pareto_peer.py")
    answers: list[Any] = []
    seconds = _timed(lambda: answers.append(
        subprocess.run([python, str(here)], input=task, capture_output=True, text=True)
    ))  # fmt: skip
    done = answers[0]
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["no answer"])[-1])
    points = np.array(sorted(json.loads(done.stdout.strip().splitlines()[-1])))
    return Ran(*seconds, points, 0, True)


def same(points: np.ndarray, front: np.ndarray) -> bool:
    """Whether two fronts agree but for rounding."""
    return points.shape == front.shape and bool((np.abs(points - front) <= ALIKE * np.ptp(front, axis=0)).all())


def compare(family: str, options: Any) -> None:
    """Print one line a way; of several runs, taken in turn, the median."""
    model, limit = model_of(family, options.seed), options.seconds
    ways: dict[str, Callable[[], Ran]] = {"plain loop": lambda: by_plain_loop(model, limit)}
    for n in options.jobs:
        ways[f"engine, {n} job{'s' * (n > 1)}"] = lambda n=n: by_engine(model, limit, n)  # type: ignore[misc]
    runs = [{name: work() for name, work in ways.items()} for _ in range(options.repeats)]
    plain = [run["plain loop"] for run in runs]
    print(f"{family}, seed {options.seed}: {len(plain[0].points)} points by the plain loop")
    for name in ways:
        _say(name, [run[name] for run in runs], plain, limit)
    if options.peer_python and limit == math.inf:
        _against_peer(family, options, plain)


def _against_peer(family: str, options: Any, plain: list[Ran]) -> None:
    if family != "2kp50" and not family.startswith("knapsack:"):
        print("  pyaugmecon: only knapsacks are passed to it")
        return
    data = published() if family == "2kp50" else generated(int(family.partition(":")[2]), options.seed)
    try:
        _say("pyaugmecon", [by_peer(data, plain[0].points, options.peer_python)], plain, math.inf)
    except RuntimeError as error:
        print(f"  pyaugmecon: {error}")


def _say(name: str, runs: list[Ran], plain: list[Ran], limit: float) -> None:
    seconds, wall, solves = (
        float(np.median([getattr(run, of) for run in runs])) for of in ("seconds", "wall", "solves")
    )
    if limit < math.inf:
        rate, plain_rate = (np.median([len(r.points) / r.seconds for r in some]) for some in (runs, plain))
        end = f"{len(runs[0].points):5d} points  {rate:7.3f} a second, ratio {rate / plain_rate:5.2f}"
    else:
        ratio = seconds / np.median([run.seconds for run in plain])
        alike = all(same(run.points, plain[0].points) and run.complete for run in runs)
        end = f"ratio {ratio:5.2f}  same front: {alike}"
    print(f"  {name:16s} {seconds:8.2f} s ({wall:.2f} by the clock) {solves:5.0f} solves  {end}", flush=True)


def main() -> None:
    """Compare on the families named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = ", ".join([*(f"{kind}:SIZE" for kind in GENERATED), *(f"{kind}:NAME" for kind in NAMED)])
    parser.add_argument("families", nargs="*", help=f"2kp50, {kinds}")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1])
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=math.inf, help="of each way; count the points found")
    parser.add_argument("--peer-python")
    options = parser.parse_args()
    default = [*(["2kp50"] if PUBLISHED.exists() else []), "knapsack:100"]
    for family in options.families or default:
        compare(family, options)


if __name__ == "__main__":
    main()
