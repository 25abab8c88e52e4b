"""Is ``auto`` ever worse than a single method given the same time? At most 1 % is allowed.

    python -m tests.bench.methods --time-limits 10 30 instances/stock/harness-24.json cars.json

Each solve is a child process (`tests.bench.engine`), one at a time. A ratio is the cost of ``auto`` over the least
cost of any method, at the same time limit.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

METHODS = ("auto", "milp", "decomposition", "annealing")
ALLOWED = 1.01
GRACE = 60.0
"""Seconds that a child may take beyond its time limit before it is killed."""


def main() -> None:
    """Print a line an instance and time limit, and the worst ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instances", nargs="+")
    parser.add_argument("--time-limits", nargs="+", type=float, default=[10.0, 30.0])
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    worst = 1.0
    print(f"{'instance':<18} {'limit':>6} " + " ".join(f"{method:>14}" for method in METHODS) + "   ratio")
    for instance in given.instances:
        for limit in given.time_limits:
            costs = [cost_of(instance, method, limit, given.threads) for method in METHODS]
            found = [cost for cost in costs if cost is not None]
            ratio = 1.0 if not found else float("inf") if costs[0] is None else costs[0] / min(found)
            worst = max(worst, ratio)
            shown = " ".join("             -" if cost is None else f"{cost:14.4f}" for cost in costs)
            print(f"{Path(instance).stem:<18} {limit:6g} {shown}  {ratio:.4f}", flush=True)
    print(f"worst ratio {worst:.4f}, allowed {ALLOWED}")


def cost_of(instance: str, method: str, limit: float, threads: int) -> float | None:
    """Return the cost that a method finds; None where it finds nothing, or runs over its limit."""
    command = [sys.executable, "-m", "tests.bench.engine", instance, method]
    command += ["--time-limit", str(limit), "--threads", str(threads)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit + GRACE, check=True)
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        return None
    objective = json.loads(done.stdout.strip().splitlines()[-1])["objective"]
    return None if objective is None else float(objective)


if __name__ == "__main__":
    main()
