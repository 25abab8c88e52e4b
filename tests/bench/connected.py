"""What it takes to regard liaisons: connected sets of trees, and harnesses solved with them and without.

python -m tests.bench.connected
python -m tests.bench.connected --components 40 --products 300 --seeds 3 --time-limit 60
"""

from __future__ import annotations

import argparse
import time

import networkx as nx

import atoopt
from atoopt.architecture.connected import n_connected_modules
from atoopt.stock.candidates import n_subsets
from tests.stock.harness import harness


def main() -> None:
    """Print a line a graph, then two lines a harness: priced under the constraint, and without it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--components", type=int, default=40)
    parser.add_argument("--products", type=int, default=300)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--time-limit", type=float, default=60.0, help="seconds a solve")
    arguments = parser.parse_args()
    count_sets()
    for seed in range(1, arguments.seeds + 1):
        instance = harness(arguments.components, arguments.products, seed)
        print(f"\nharness, seed {seed}, {instance.summary()['products']}; {n_subsets(instance):,} connected modules")
        for name, liaisons in (("connected", instance.liaisons), ("free", None)):
            result = atoopt.solve(
                instance.replace(liaisons=liaisons), "decomposition", time_limit=arguments.time_limit, threads=2
            )
            print(f"  {name:9} {result.headline()}", flush=True)


def count_sets() -> None:
    """Print how many connected sets graphs of about thirty nodes have, and how long it takes to see them all."""
    graphs = {
        "path": nx.path_graph(30),
        "trunk with a leaf at each node": nx.from_edgelist([(i - 2 + i % 2, i) for i in range(1, 30)]),
        "binary tree": nx.balanced_tree(2, 4),
        "ternary tree": nx.from_edgelist([((i - 1) // 3, i) for i in range(1, 30)]),
        "grid": nx.grid_2d_graph(5, 5),
    }
    n_connected_modules(graphs["path"])  # compiles
    for name, graph in graphs.items():
        started = time.perf_counter()
        count = n_connected_modules(graph)
        seconds = time.perf_counter() - started
        number = "over 10,000,000" if count is None else f"{count:,}"
        print(f"{name}, {len(graph)} nodes: {number} connected sets, {seconds:.2f} s")


if __name__ == "__main__":
    main()
