"""The named instances of ``instances/policy``; run as a module with a folder, it writes them all there."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from atoopt.policy.data.generate import plates
from atoopt.policy.instance import PolicyInstance
from atoopt.policy.pallets import Geometry
from atoopt.policy.part import EconomicOrder, Limits, Part

PAPER = "Bortolini, Faccio, Gamberi and Pilati 2019"


@dataclass(frozen=True)
class Named:
    """How a named instance is made, and where it comes from."""

    make: Callable[[], PolicyInstance]
    source: str


def plates_12() -> PolicyInstance:
    """Return twelve parts that show every key of the format, and every surprise."""
    quantities = {  # demand, orders, batch, cutting and bending set-up, cutting and bending run, pieces a pallet
        "P01": (4800, 96, 400, 0.20, 0.10, 0.010, 0.020, 12),
        "P02": (1200, 40, 120, 0.15, 0.25, 0.030, 0.050, 8),
        "P03": (1200, 40, 120, 0.15, 0.20, 0.030, 0.045, 8),
        "P04": (600, 24, 100, 0.10, 0.30, 0.040, 0.080, 6),
        "P05": (9600, 120, 800, 0.25, 0.05, 0.005, 0.010, 200),
        "P06": (300, 15, 50, 0.30, 0.40, 0.080, 0.100, 4),
        "P07": (2400, 60, 240, 0.10, 0.10, 0.020, 0.020, 40),
        "P08": (500, 10, 25, 0.20, 0.20, 0.060, 0.050, 10),
        "P09": (100, 1, 50, 0.50, 0.50, 0.050, 0.050, 25),
    }
    parts = [_part(name, *row) for name, row in quantities.items()]
    parts.append(
        Part(
            id="P10", annual_demand=3600, orders_per_year=72,
            economic_order=EconomicOrder(order_cost=50, holding_cost=4),
            setup_hours={"cutting": 0.2, "bending": 0.2}, run_hours_per_piece={"cutting": 0.02, "bending": 0.03},
            geometry=Geometry(shape="U", long_side_mm=390, short_side_mm=190, thickness_mm=10, layers=2),
        )
    )  # fmt: skip
    parts.append(
        Part(
            id="P11", annual_demand=80, orders_per_year=8, batch=100,
            setup_hours={"cutting": 0.2, "bending": 0.1}, run_hours_per_piece={"cutting": 0.02, "bending": 0.02},
            geometry=Geometry(shape="L", long_side_mm=600, short_side_mm=295, thickness_mm=5, layers=3),
        )
    )  # fmt: skip
    parts.append(
        Part(
            id="P12", annual_demand=1500, orders_per_year=50, batch=150,
            setup_hours={"cutting": 0.1}, run_hours_per_piece={"cutting": 0.02},
            geometry=Geometry(shape="I", long_side_mm=500, short_side_mm=400, thickness_mm=2, layers=10),
        )
    )  # fmt: skip
    return PolicyInstance(
        name="plates-12", parts=tuple(parts),
        limits=Limits(max_pallets=30, process_hours={"cutting": None, "bending": 640}),
        fixed_policy={"P05": "MTS"}, same_policy=(("P02", "P03"),),
    )  # fmt: skip


def _part(
    name: str, demand: float, orders: float, batch: float, cutting: float, bending: float, run_cutting: float,
    run_bending: float, per_pallet: float,
) -> Part:  # fmt: skip
    return Part(
        id=name, annual_demand=demand, orders_per_year=orders, batch=batch,
        setup_hours={"cutting": cutting, "bending": bending},
        run_hours_per_piece={"cutting": run_cutting, "bending": run_bending}, pieces_per_pallet=per_pallet,
    )  # fmt: skip


NAMED: dict[str, Named] = {
    "plates-12": Named(plates_12, "ours: every key of the format, every surprise"),
    "plates-60": Named(partial(plates, 60, 60), "generated, plates, seed 60"),
    "plates-425": Named(partial(plates, 425, 50), f"generated, plates, seed 50: totals of {PAPER}"),
    "plates-5000": Named(partial(plates, 5000, 5000), "generated, plates, seed 5000"),
}


def write_all(folder: str) -> None:
    """Write every named instance into a folder."""
    for name, named in NAMED.items():
        named.make().save(str(Path(folder) / f"{name}.json"))


if __name__ == "__main__":
    write_all(sys.argv[1])
