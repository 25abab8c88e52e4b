"""Fronts and proofs of random policy instances against brute force in exact arithmetic.

    python -m tests.bench.brute_policy --n 2000 --seed 1
    python -m tests.bench.brute_policy --fronts epsilon-constraint --solvers milp

Prints how many instances fail, by kind; nothing that is called complete, optimal or infeasible may. The
instances are those of `tests.policy.random_instances`: demand ratios to 1e8, parts that nearly agree, limits
that a policy just keeps. The same comparisons run on a few of them in tests/policy/test_exact_arithmetic.py.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter

from tests.policy.random_instances import random_data
from tests.policy.refutations import FRONTS, SOLVERS, refutations


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=200, help="instances")
    parser.add_argument("--seed", type=int, default=0, help="of the first one; the others follow")
    parser.add_argument("--parts", type=int, default=9, help="most parts of an instance")
    parser.add_argument("--fronts", nargs="*", default=FRONTS, help="methods of pareto")
    parser.add_argument("--solvers", nargs="*", default=SOLVERS, help="methods of solve")
    parser.add_argument("--verbose", action="store_true", help="print each failure, and the first instance of a kind")
    arguments = parser.parse_args()
    kinds: Counter[str] = Counter()
    failed = 0
    for seed in range(arguments.seed, arguments.seed + arguments.n):
        data = random_data(seed, arguments.parts)
        found = refutations(data, tuple(arguments.fronts), tuple(arguments.solvers))
        failed += bool(found)
        for kind in {kind for kind, _ in found}:
            if arguments.verbose and not kinds[kind]:
                print(json.dumps(data))
            kinds[kind] += 1
        if arguments.verbose:
            for kind, text in found:
                print(f"seed {seed}: {kind}: {text}", flush=True)
    print(f"{arguments.n} instances, {failed} with a failure")
    for kind, count in kinds.most_common():
        print(f"{count:6d}  {kind}")


if __name__ == "__main__":
    main()
