"""How much faster *pattern* proves a dense instance than *assignment*: same instances, same HiGHS, one run.

python -m tests.bench.formulations                       # q = 6, T = 0.8, seeds 0 to 5
python -m tests.bench.formulations -q 7 -T 1.2 --only pattern --time-limit 120
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from atoopt.solvers.highs import HighsModel
from atoopt.stock.data.generate import log_normal
from atoopt.stock.evaluation import evaluate_masks
from atoopt.stock.model.formulation import FORMULATIONS, build, stock_of
from atoopt.stock.model.milp import wants_sub_mips


def main() -> None:
    """Print one line a seed and the geometric mean of the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-q", type=int, default=6, help="components; all 2^q - 1 products")
    parser.add_argument("-T", type=float, default=0.8, help="greatest mean assembly time")
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--only", choices=tuple(FORMULATIONS), help="measure one formulation")
    parser.add_argument("--time-limit", type=float, default=600.0, help="seconds a solve")
    arguments = parser.parse_args()
    names = [arguments.only] if arguments.only else list(FORMULATIONS)
    print(f"q {arguments.q}, {2**arguments.q - 1} products, log-normal demand, T = {arguments.T}, seconds in HiGHS")
    ratios = []
    for seed in range(arguments.seeds):
        instance = log_normal(arguments.q, seed=seed).replace(max_mean_assembly_time=arguments.T)
        seconds, shown = {}, []
        for name in names:
            model = build(instance, name)
            compiled = HighsModel(model)
            started = time.perf_counter()
            answer = compiled.solve(time_limit=arguments.time_limit, sub_mips=wants_sub_mips(model))
            seconds[name] = time.perf_counter() - started
            cost = evaluate_masks(instance, stock_of(model)).cost
            bound = "unknown" if answer.bound is None else f"{answer.bound:.4f}"
            shown.append(f"{name} {seconds[name]:7.2f} ({answer.outcome}, cost {cost:.4f}, bound {bound})")
        line = f"seed {seed}: " + "   ".join(shown)
        if len(names) == 2:
            ratios.append(seconds["assignment"] / seconds["pattern"])
            line += f"   ratio {ratios[-1]:.1f}"
        print(line, flush=True)
    if ratios:
        print(f"assignment / pattern: {np.exp(np.mean(np.log(ratios))):.1f} (geometric mean of {len(ratios)} seeds)")


if __name__ == "__main__":
    main()
