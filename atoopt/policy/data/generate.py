"""A seeded generator of sheet-metal parts like the published case.

The case: 425 parts, three processes, all made to stock about 508 pallets and 157 set-up hours a year. Its data
are not published; what is drawn here has those totals, bulky parts in small batches, and batches that make
production to order cost more set-ups. Of 60 seeds, 50 came nearest the published point of the 425 parts
(335.36 pallets, 164.75 hours, 119 parts moved, EPQ** = 13), and is the one of the named instance. The same
arguments give the same instance; every number is rounded, so that neither the platform nor its mathematics
library shows in a file.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from atoopt.base.errors import InputError
from atoopt.policy.instance import PolicyInstance
from atoopt.policy.pallets import Geometry, Pallet, pieces_per_pallet
from atoopt.policy.part import Part

CASE_PARTS, CASE_PALLETS, CASE_SETUP_HOURS = 425, 508.0, 157.0
"""The published case, all parts made to stock."""

PROCESSES = {"cutting": (0.25, 0.2), "bending": (0.45, 0.3), "welding": (0.3, 0.5)}
"""Process -> its mean share of a part's set-up and of its run time."""

Floats = NDArray[np.float64]


def plates(n_parts: int = CASE_PARTS, seed: int = 0, *, name: str | None = None) -> PolicyInstance:
    """Return an instance of sheet metal plates whose totals per part are those of the published case.

    Parameters
    ----------
    n_parts : int
    seed : int
    name : str, optional

    Examples
    --------
    >>> instance = plates(425, seed=1)
    >>> round(instance.mts_pallets.sum()), round(instance.mts_setup_hours.sum())
    (508, 157)
    """
    if n_parts < 1:
        raise InputError(f"is {n_parts}", "give a whole number of at least 1", place="n_parts")
    rng = np.random.default_rng(seed)
    shapes = [_geometry(rng) for _ in range(n_parts)]
    epq = np.array([pieces_per_pallet(geometry) for geometry in shapes], dtype=np.float64)
    orders = np.clip(np.rint(rng.lognormal(math.log(8), 0.7, n_parts)), 1, 250)
    # bulky parts are made in small batches: a batch covers hardly more than an order
    orders_per_batch = 1 + rng.lognormal(0, 0.8, n_parts) * np.clip(epq / 40, 0.02, 3)
    pieces_per_order = np.maximum(1, rng.lognormal(math.log(12), 0.8, n_parts) * np.sqrt(epq / np.median(epq)))
    batch = _batches(pieces_per_order * orders_per_batch, epq, CASE_PALLETS * n_parts / CASE_PARTS)
    demand = np.maximum(1, np.rint(batch / orders_per_batch * orders))
    setup = _setups(rng, demand / batch, CASE_SETUP_HOURS * n_parts / CASE_PARTS)
    run = rng.lognormal(math.log(0.25), 0.7, n_parts)
    return PolicyInstance(
        name=name or f"plates-{n_parts}",
        parts=tuple(
            Part(
                id=f"P{i + 1:0{len(str(n_parts))}d}",
                annual_demand=float(demand[i]),
                orders_per_year=float(orders[i]),
                batch=float(batch[i]),
                setup_hours=_split(rng, setup[i], 0),
                run_hours_per_piece=_split(rng, run[i], 1),
                geometry=shapes[i],
            )
            for i in range(n_parts)
        ),
    )


def _geometry(rng: np.random.Generator) -> Geometry:
    """Return a sheet that fits the pallet: sides in whole millimeters, log-normal."""
    while True:
        sides = np.sort(np.clip(np.rint(rng.lognormal(math.log(330), 0.55, 2)), 60, 1150))
        shape = str(rng.choice(["U", "L", "I"], p=[0.35, 0.4, 0.25]))
        flat = shape == "I"
        geometry = Geometry(
            shape=shape,  # type: ignore[arg-type]
            long_side_mm=float(sides[1]),
            short_side_mm=float(sides[0]),
            thickness_mm=float(rng.choice([1.0, 1.5, 2.0, 3.0])),
            layers=int(rng.integers(6, 20) if flat else rng.integers(1, 6)),
        )
        try:
            pieces_per_pallet(geometry, Pallet())
        except InputError:
            continue
        return geometry


def _batches(wanted: Floats, epq: Floats, pallets: float) -> Floats:
    """Return whole batches in the given proportions, whose pallets sum up to about the total."""
    scale = pallets / float((wanted / (2 * epq)).sum())
    return np.asarray(np.maximum(1, np.rint(wanted * scale)), dtype=np.float64)


def _setups(rng: np.random.Generator, batches_per_year: Floats, hours: float) -> Floats:
    """Return set-up times whose hours a year sum up to the total."""
    times = rng.lognormal(0, 0.6, batches_per_year.size)
    return np.asarray(times * hours / float(times @ batches_per_year))


def _split(rng: np.random.Generator, total: float, kind: int) -> dict[str, float]:
    """Divide a time over the processes; a part may skip the last one."""
    weights = {process: shares[kind] * rng.uniform(0.5, 1.5) for process, shares in PROCESSES.items()}
    if rng.random() < 0.3:
        weights.pop("welding")
    whole = sum(weights.values())
    return {process: round(max(total * weight / whole, 1e-5), 5) for process, weight in weights.items()}
