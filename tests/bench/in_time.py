"""How far is a share of the demand in time from being proven? A gap for each limit, in place of the mean's.

python -m tests.bench.in_time --seconds 60 cars.json instances/stock/harness-40.json
"""

from __future__ import annotations

import argparse
from pathlib import Path

import atoopt
from atoopt.stock import DeliveryRatio

LIMITS = [(1.0, 0.7), (2.0, 0.8), (3.0, 0.95)]
"""Assembly time, and the least share within it."""


def main() -> None:
    """Print a line an instance and limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instances", nargs="+")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--threads", type=int)
    given = parser.parse_args()
    print(f"{'instance':<18} {'time':>5} {'share':>6} {'cost':>11} {'bound':>11} {'gap %':>6} {'s':>6}")
    for path in given.instances:
        for time, share in LIMITS:
            ratio = DeliveryRatio(max_assembly_time=time, min_share=share)
            instance = atoopt.load(path).replace(max_mean_assembly_time=None, delivery_ratio=ratio)
            result = atoopt.solve(instance, "decomposition", time_limit=given.seconds, threads=given.threads)
            numbers = [float("nan") if x is None else x for x in (result.objective, result.bound, result.gap)]
            shown = f"{numbers[0]:11.4f} {numbers[1]:11.4f} {100 * numbers[2]:6.2f} {result.seconds:6.1f}"
            print(f"{Path(path).stem:<18} {time:5.1f} {share:6.2f} {shown}", flush=True)


if __name__ == "__main__":
    main()
