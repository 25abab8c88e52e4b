"""The named instances of ``instances/stock``; run as a module with a folder, it writes them all there."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from atoopt.stock.data import generate
from atoopt.stock.instance import Product, StockInstance

PAPER = "da Cunha, Agard and Kusiak 2007"


@dataclass(frozen=True)
class Named:
    """How a named instance is made, and where it comes from."""

    make: Callable[[], StockInstance]
    source: str


def frequency_4() -> StockInstance:
    """Return four components whose module-frequency order is ab, then cd, at a penalty coefficient of 0.05.

    Without the penalty the second module would be abc, ac or bc, all in more products than cd.
    """
    demand = {"ab": 30.0, "cd": 20.0, "abc": 25.0, "abd": 15.0, "abcd": 10.0}
    products = tuple(Product(components=tuple(letters), demand=amount) for letters, amount in demand.items())
    return StockInstance(
        name="frequency-4",
        components=tuple("abcd"),
        products=products,
        costs=generate.SET_1,
        max_mean_assembly_time=0.8,
    )


NAMED: dict[str, Named] = {
    "frequency-4": Named(frequency_4, f"the module-frequency example of {PAPER}; demand ours"),
    "uniform-5": Named(partial(generate.uniform, 5), f"{PAPER}, uniform demand, set 1"),
    "uniform-5-set2": Named(
        partial(generate.uniform, 5, costs=generate.SET_2, name="uniform-5-set2"),
        f"{PAPER}, uniform demand, set 2",
    ),
    "log-normal-6": Named(partial(generate.log_normal, 6, 1.0, 6), "generated, log_normal, seed 6"),
    "log-normal-7": Named(
        partial(generate.log_normal, 7, 1.0, 7, max_mean_assembly_time=1.2), "generated, log_normal, seed 7"
    ),
    "log-normal-8": Named(
        partial(generate.log_normal, 8, 1.0, 0, max_mean_assembly_time=1.2), "generated, log_normal, seed 0"
    ),
    "sparse-8": Named(partial(generate.sparse, 8, 40, 8, max_mean_assembly_time=0.5), "generated, sparse, seed 8"),
    "sparse-10": Named(partial(generate.sparse, 10, 60, 10, max_mean_assembly_time=0.8), "generated, sparse, seed 10"),
    "sparse-12": Named(partial(generate.sparse, 12, 100, 12, max_mean_assembly_time=0.8), "generated, sparse, seed 12"),
    "harness-12": Named(
        partial(generate.wire_harness, 12, 60, 1, mean_size=5.0, shift=5.0, max_mean_assembly_time=1.2),
        "generated, wire_harness, seed 1",
    ),
    "harness-24": Named(
        partial(generate.wire_harness, 24, 150, 24, max_mean_assembly_time=1.5),
        "generated, wire_harness, seed 24",
    ),
    "harness-40": Named(
        partial(generate.wire_harness, 40, 300, 40, exponent=2.0, shift=10.0), "generated, wire_harness, seed 40"
    ),
    "harness-95": Named(
        partial(generate.wire_harness, 95, 3000, 95, max_mean_assembly_time=4.5),
        "generated, wire_harness, seed 95",
    ),
    "laptops": Named(generate.laptops, "generated, laptops, seed 0"),
    "pc-maker": Named(generate.pc_maker, "generated, pc_maker, seed 0"),
}


def write_all(folder: str | Path) -> list[Path]:
    """Write every named instance into a folder; return the files."""
    files = []
    for name, named in NAMED.items():
        files.append(Path(folder, f"{name}.json"))
        named.make().save(str(files[-1]))
    return files


if __name__ == "__main__":
    for path in write_all(sys.argv[1] if len(sys.argv) > 1 else "instances/stock"):
        print(path)
