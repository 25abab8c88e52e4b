"""Is ``auto`` at any moment as good as the best single method? At most 1.005 times as dear, in the geometric mean.

    python -m tests.bench.anytime --time-limits 1 3 10 --seeds 2 instances/stock/*.json cars.json

Everything is compiled and loaded before the first clock starts. The methods are run one after the other in this
process, each with the same limit, so that a ratio compares runs of the same minute. A ratio is the cost of ``auto``
over the least cost of any other method; the last columns say how far ``auto`` is from the best stock known, by how
much the worst run exceeded its limit, and which other method was best.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import atoopt
from atoopt.base.errors import InputError
from atoopt.base.files import resolve
from atoopt.kernels.groups import GROUPS
from atoopt.stock.kernels import tiny
from tests.bench.best_known import read_table

METHODS = ("auto", "annealing", "greedy", "module-frequency", "module-size", "milp", "decomposition")
ALLOWED = 1.005


def main() -> None:
    """Print a line an instance, limit and seed, and the geometric mean of the ratios for each limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instances", nargs="+")
    parser.add_argument("--time-limits", nargs="+", type=float, default=[1.0, 3.0, 10.0])
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--methods", nargs="+", default=METHODS[1:], help="what auto is compared with")
    given = parser.parse_args()
    load_kernels()
    instances = {Path(path).stem: atoopt.load(path) for path in given.instances}
    best = {name: row.value for name, row in read_table().items()}
    ratios: dict[float, list[float]] = {limit: [] for limit in given.time_limits}
    print("instance         limit seed        auto  best other   ratio  to best   over")
    for limit in given.time_limits:
        for name, instance in instances.items():
            for seed in range(given.seeds):
                costs, over = run_all(instance, ["auto", *given.methods], limit, seed)
                others = {method: cost for method, cost in costs.items() if method != "auto"}
                winner = min(others, key=lambda method: others[method])
                known = best[name] = min(best.get(name, math.inf), *costs.values())
                ratio = costs["auto"] / others[winner] if math.isfinite(others[winner]) else 1.0
                ratios[limit].append(ratio)
                print(f"{name[:16]:<16} {limit:5g} {seed:4} {costs['auto']:11.4f} {others[winner]:11.4f} "
                      f"{ratio:7.4f} {costs['auto'] / known - 1:8.2%} {over:6.2f}  {winner}", flush=True)  # fmt: skip
        print(f"limit {limit:g} s: geometric mean of the ratios {mean(ratios[limit]):.4f}, allowed {ALLOWED}")


def run_all(instance: Any, methods: Iterable[str], limit: float, seed: int) -> tuple[dict[str, float], float]:
    """Return the cost that each method finds (infinity: none), and the most seconds that one exceeded the limit by."""
    costs, over = {}, 0.0
    for method in methods:
        try:
            result = atoopt.solve(instance, method, time_limit=limit, **({"seed": seed} if takes_seed(method) else {}))
        except InputError:
            continue
        costs[method] = math.inf if result.objective is None else result.objective
        over = max(over, result.seconds - limit)
    return costs, over


def takes_seed(method: str) -> bool:
    """Whether chance plays a part in a method."""
    return method in ("auto", "annealing", "decomposition")


def load_kernels() -> None:
    """Compile and load what the methods need."""
    for group in GROUPS.values():
        resolve(group)()
    for method in METHODS:
        atoopt.solve(tiny(), method, time_limit=5.0)


def mean(ratios: list[float]) -> float:
    """Return the geometric mean.

    >>> mean([2.0, 0.5])
    1.0
    """
    return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else math.nan


if __name__ == "__main__":
    main()
