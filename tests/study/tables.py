"""Tables of studies as tests need them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from atoopt.study.data import FRONT_COLUMNS, RUN_COLUMNS, TRAJECTORY_COLUMNS, StudyData

DEFAULTS: dict[str, Any] = {
    "problem": "stock-composition", "task": "solve", "seed": 0, "repeat": 0, "status": "optimal", "reason": "proven",
    "objective": 10.0, "bound": 10.0, "gap": 0.0, "sense": 1, "seconds": 1.0, "cpu_seconds": 1.0, "memory_mb": 100.0,
    "overshoot": 0.0, "load": 0.5, "solver": "highs", "solver_version": "1.15.1", "atoopt_version": "0.1.0",
    "compile_seconds": 0.0, "message": "", "started": "2026-11-30T10:00:00", "points": 0, "complete": None,
}  # fmt: skip

INFO: dict[str, Any] = {
    "name": "small", "definition": {"methods": [{"name": "A", "method": "milp"}, {"name": "B", "method": "annealing"}]},
    "limits": {"wall_seconds": 60.0, "cpu_seconds": None, "memory_mb": 4000, "threads": 1},
    "tolerances": {"rel_gap": 1e-4, "abs_gap": 0.0, "feasibility": 1e-6}, "seeds": [0, 1], "repeats": 1,
    "order": "shuffled", "versions": {"atoopt": "0.1.0", "pyomo": "6.10.1"}, "store": "small.db",
    "machine": {"platform": "Linux", "processor": "a processor", "cores": 2, "memory_gb": 8, "python": "3.11"},
    "command": "atoopt study run small.toml",
}  # fmt: skip

FAILED: dict[str, Any] = {"status": "unknown", "objective": np.nan, "bound": np.nan, "gap": np.nan}


def run(method: str, instance: str, **given: Any) -> dict[str, Any]:
    """Return the row of a run; without anything else given, it was solved in a second."""
    row = {**DEFAULTS, "method": method, "instance": instance, **given}
    return {"key": f"{method}-{instance}-{row['seed']}-{row['repeat']}", **row}


def failed(method: str, instance: str, reason: str, **given: Any) -> dict[str, Any]:
    """Return the row of a run without an answer."""
    return run(method, instance, **{**FAILED, "reason": reason, "seconds": 60.0, **given})


def table(rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Return runs as the table of a study."""
    return pd.DataFrame(list(rows), columns=list(RUN_COLUMNS))


def trajectory(*rows: tuple[str, float, float, float]) -> pd.DataFrame:
    """Return trajectories from (key, seconds, incumbent, bound)."""
    return pd.DataFrame(rows, columns=list(TRAJECTORY_COLUMNS))


def front(*rows: tuple[str, float, float]) -> pd.DataFrame:
    """Return fronts from (key, first, second)."""
    return pd.DataFrame(rows, columns=list(FRONT_COLUMNS))


def synthetic(methods: Iterable[str], instances: Iterable[str], seeds: int = 3, rng_seed: int = 0) -> StudyData:
    """Return a study with solved runs and failures of all kinds, trajectories, fronts and logs."""
    rng, methods, instances = np.random.default_rng(rng_seed), list(methods), list(instances)
    rows, told, points, logs = [], [], [], {}
    for i, instance in enumerate(instances):
        best = float(rng.uniform(50, 100))
        for m, method in enumerate(methods):
            for seed in range(seeds):
                row = run(method, instance, seed=seed, objective=best, bound=best, seconds=0.0)
                row["seconds"] = min(60.0, float(rng.lognormal(1 + 0.4 * m + 0.1 * i, 0.8)))
                row["cpu_seconds"] = row["seconds"] * float(rng.uniform(0.8, 1.0))
                if row["seconds"] >= 60:
                    row |= {"status": "feasible", "reason": "time", "objective": best * 1.02, "bound": best * 0.9}
                elif rng.random() < 0.08:
                    reason = str(rng.choice(["memory", "crash: signal 11", "time"]))
                    row |= {**FAILED, "reason": reason}
                row["key"] = f"{m}-{i}-{seed}"
                rows.append(row)
                logs[row["key"]] = f"log of {method} on {instance}\n" + "node 1\n" * 20
                for k, share in enumerate((0.2, 0.5, 0.9)):
                    moment = row["seconds"] * share
                    told.append((row["key"], moment, best * (1.3 - 0.1 * k), best * (0.6 + 0.15 * k)))
                front_key = f"front-{row['key']}"
                rows.append({**row, "key": front_key, "task": "pareto", "objective": np.nan, "bound": np.nan,
                             "points": 6, "complete": m == 0, "status": "optimal", "reason": "proven"})  # fmt: skip
                shift = 0.0 if m == 0 else float(rng.uniform(0, 0.3))
                points += [(front_key, x + shift, 10 / (x + 1) + shift) for x in range(6)]
    info = INFO | {"definition": {"methods": [{"name": name, "method": "milp"} for name in methods]}}
    return StudyData(table(rows), trajectory(*told), front(*points), logs, info)
