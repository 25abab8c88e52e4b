"""Speed of fronts: the engine against a plain loop in the same HiGHS, and against pyaugmecon where it is installed.

    python -m tests.bench.pareto                                    the published knapsack, and one of 100 items
    python -m tests.bench.pareto --items 60 --peer-python PYTHON    a smaller one, with pyaugmecon of that interpreter

The plain loop makes one lexicographic pair of solves a point, one after the other, on one thread and with HiGHS's
own options but for a gap of 0; the second solve of a pair starts from the first. It holds the model in one HiGHS
object, as the engine does, so no time goes into passing models. Ratios are what to compare: seconds are the machine's.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import highspy
import numpy as np
import pyomo.environ as pyo

from atoopt.pareto import pareto_front

PUBLISHED = Path("../shared/data/knapsack_2kp50.json")

Values = list[tuple[float, float]]


def generated(n: int, seed: int) -> dict[str, Any]:
    """Return a knapsack of two gains and two limits, whole numbers from 10 to 100."""
    rng = np.random.default_rng(seed)
    gains, weights = rng.integers(10, 101, (2, n)), rng.integers(10, 101, (2, n))
    return {"name": f"{n} items, seed {seed}", "c": gains.tolist(), "a": weights.tolist(),
            "b": (weights.sum(axis=1) // 2).tolist()}  # fmt: skip


def model_of(data: dict[str, Any]) -> pyo.ConcreteModel:
    """Return the knapsack as a Pyomo model with objectives ``first`` and ``second``."""
    model = pyo.ConcreteModel(name=data["name"])
    items = range(len(data["c"][0]))
    model.x = pyo.Var(items, domain=pyo.Binary)
    model.fits = pyo.ConstraintList()
    for row, room in zip(data["a"], data["b"], strict=True):
        model.fits.add(sum(w * model.x[i] for i, w in enumerate(row)) <= room)
    first, second = (sum(g * model.x[i] for i, g in enumerate(row)) for row in data["c"])
    model.first = pyo.Objective(expr=first, sense=pyo.maximize)
    model.second = pyo.Objective(expr=second, sense=pyo.maximize)
    return model


class Plain:
    """The knapsack in HiGHS, with both gains as rows to be bounded."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.gains = np.array(data["c"], dtype=float)
        self.n = self.gains.shape[1]
        self.columns = np.arange(self.n, dtype=np.int32)
        self.highs = highspy.Highs()
        for name, value in (("output_flag", False), ("threads", 1), ("mip_rel_gap", 0.0), ("mip_abs_gap", 1e-9)):
            self.highs.setOptionValue(name, value)
        self.highs.addVars(self.n, np.zeros(self.n), np.ones(self.n))
        kinds = np.array([highspy.HighsVarType.kInteger] * self.n)
        self.highs.changeColsIntegrality(self.n, self.columns, kinds)
        for row, room in zip(data["a"], data["b"], strict=True):
            self.highs.addRow(-math.inf, room, self.n, self.columns, np.array(row, dtype=float))
        self.first_row = self.highs.getNumRow()
        for gain in self.gains:
            self.highs.addRow(-math.inf, math.inf, self.n, self.columns, gain)
        self.highs.changeObjectiveSense(highspy.ObjSense.kMaximize)

    def best(self, which: int, least: tuple[float, float], start: Any = None) -> Any:
        """Return the items of the greatest gain within bounds, or None."""
        self.highs.changeColsCost(self.n, self.columns, self.gains[which])
        for k, bound in enumerate(least):
            self.highs.changeRowBounds(self.first_row + k, bound, math.inf)
        if start is not None:
            self.highs.setSolution(self.n, self.columns, start)
        self.highs.run()
        if self.highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return None
        assert self.highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return np.rint(self.highs.getSolution().col_value)

    def front(self) -> Values:
        """Walk from the greatest first gain to the greatest second one."""
        points: Values = []
        least = -math.inf
        while (items := self.best(0, (-math.inf, least))) is not None:
            first = float(self.gains[0] @ items)
            items = self.best(1, (first, least), items)
            points.append((first, float(self.gains[1] @ items)))
            least = points[-1][1] + 1
        return sorted(points)


def by_engine(data: dict[str, Any], jobs: int) -> Values:
    """Return the front by ``pareto_front``."""
    model = model_of(data)
    front = pareto_front(model, (model.first, model.second), jobs=jobs)
    assert front.complete
    return [(first, second) for first, second in front.values.tolist()]


def by_peer(data: dict[str, Any], front: Values, python: str) -> Values:
    """Return the front by pyaugmecon, given a grid that is fine enough for whole numbers."""
    second = [value for _, value in front]
    task = json.dumps({**data, "grid_points": round(max(second) - min(second)) + 1})
    here = Path(__file__).with_name("pareto_peer.py")
    done = subprocess.run([python, str(here)], input=task, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["no answer"])[-1])
    return sorted((first, value) for first, value in json.loads(done.stdout.strip().splitlines()[-1]))


def timed(work: Callable[[], Values]) -> tuple[float, Values]:
    """Return seconds and result."""
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def compare(data: dict[str, Any], jobs: list[int], repeats: int, peer_python: str | None) -> None:
    """Print one line a way; of several runs, taken in turn, the median."""
    ways: dict[str, Callable[[], Values]] = {"plain loop": lambda: Plain(data).front()}
    ways |= {f"engine, {n} job{'s' * (n > 1)}": (lambda n=n: by_engine(data, n)) for n in jobs}  # type: ignore[misc]
    runs = [{name: timed(work) for name, work in ways.items()} for _ in range(repeats)]
    seconds = {name: float(np.median([run[name][0] for run in runs])) for name in ways}
    front = runs[0]["plain loop"][1]
    print(f"{data['name']}: {len(front)} points")
    for name, median in seconds.items():
        same = all(run[name][1] == front for run in runs)
        _say(name, median, seconds["plain loop"], same)
    if peer_python:
        try:
            taken, found = timed(lambda: by_peer(data, front, peer_python))
            _say("pyaugmecon", taken, seconds["plain loop"], found == front)
        except RuntimeError as error:
            print(f"  pyaugmecon: {error}")


def _say(name: str, seconds: float, plain: float, same: bool) -> None:
    print(f"  {name:16s} {seconds:8.2f} s  ratio {seconds / plain:5.2f}  same front: {same}", flush=True)


def main() -> None:
    """Compare on the published knapsack and on a generated one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--peer-python")
    options = parser.parse_args()
    sets = [json.loads(PUBLISHED.read_text())] if PUBLISHED.exists() else []
    for data in [*sets, generated(options.items, options.seed)]:
        compare(data, options.jobs, options.repeats, options.peer_python)


if __name__ == "__main__":
    main()
