"""Speed of the policy problem: all threshold rules, and the complete frontiers of the named instances.

    python -m tests.bench.policy                 rules and frontiers of 425 parts
    python -m tests.bench.policy plates-5000     the same of another named instance, with peak memory

The paper gives 9.89 s for 288,000 scenarios: 34 microseconds each. Compilation is left out: everything
runs once on a small instance first.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import atoopt
from atoopt.policy.frontier.assignment import complete_front, pallets_above
from atoopt.policy.threshold.rules import grid, rules

PAPER_SECONDS_PER_SCENARIO = 9.89 / 2.88e5
REPEATS = 7


def timed(work: Callable[[], Any], repeats: int = REPEATS) -> tuple[float, float, Any]:
    """Return the median and the least of several times, in seconds, and the last result."""
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - started)
    return statistics.median(times), min(times), result


def main(name: str = "plates-425") -> None:
    """Print the table of one instance."""
    complete_front(atoopt.load("instances/policy/plates-12.json").replace(limits={}))
    instance = atoopt.load(f"instances/policy/{name}.json")
    rules(instance).frontier()  # the instance's own arrays are made once
    repeats = REPEATS if instance.n_parts < 1000 else 1

    table = rules(instance)
    for what, work in (
        ("evaluate all rules", table.all_values),
        ("scale, evaluate and filter all rules", lambda: rules(instance).frontier()),
    ):
        median, least, _ = timed(work, repeats)
        each = median / table.n_rules
        print(
            f"{what}: {table.n_rules} rules, median {1000 * median:.2f} ms (least {1000 * least:.2f}), "
            f"{1e9 * each:.0f} ns a rule, {PAPER_SECONDS_PER_SCENARIO / each:.0f} times the paper's rate"
        )
    print(f"the paper's grid (2400 x 120 pairs) reaches {len(grid(table))} of the rules")

    median, least, front = timed(lambda: complete_front(instance), repeats)
    print(f"free frontier: {len(front)} points, complete {front.complete}, median {median:.2f} s (least {least:.2f})")
    above = pallets_above(front.values, table.frontier().values)
    print(f"rules above it: {above.min():.3f} to {above.max():.2f} pallets, mean {above.mean():.2f}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


if __name__ == "__main__":
    main(*sys.argv[1:])
