"""How far do the seeds of ``annealing`` scatter? The median and the worst over seeds, each a process of one thread.

    python -m tests.bench.annealing --seconds 30 --seeds 10 crossed.json 692.00 instances/stock/harness-95.json 453.95

Instances stand with the best cost known; the shares are those above it. Moves a second are of the whole search,
hot and cold.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed

import atoopt


def anneal_once(path: str, seed: int, seconds: float) -> tuple[float, float]:
    """Return the cost that a seed finds, and its moves a second."""
    result = atoopt.solve(atoopt.load(path), "annealing", seed=seed, time_limit=seconds)
    restart = result.details["restarts"][0]
    return result.objective or np.inf, restart["moves"] / restart["seconds"]


def main() -> None:
    """Print a line an instance."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instances", nargs="+", help="file, best cost, file, best cost ...")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=1, help="seeds at the same time")
    given = parser.parse_args()
    print(f"{'instance':<18} {'best known':>11} {'median %':>9} {'worst %':>9} {'best %':>9}  moves/s")
    for path, best in zip(given.instances[::2], map(float, given.instances[1::2]), strict=True):
        work = (delayed(anneal_once)(path, seed, given.seconds) for seed in range(given.seeds))
        costs, speeds = np.array(Parallel(n_jobs=given.jobs)(work)).T
        above = 100 * (costs / best - 1)
        shown = f"{np.median(above):9.3f} {above.max():9.3f} {above.min():9.3f}"
        print(f"{Path(path).stem:<18} {best:11.4f} {shown}  {np.median(speeds):,.0f}", flush=True)


if __name__ == "__main__":
    main()
