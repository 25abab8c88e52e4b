"""A policy instance on one screen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from atoopt.policy.surprises import surprises

if TYPE_CHECKING:
    from atoopt.policy.instance import PolicyInstance


def summary(instance: PolicyInstance) -> dict[str, str]:
    """Return label -> text."""
    epq, agility = instance.pieces_per_pallet, instance.agility
    most_pallets, most_hours = instance.limits.max_pallets, instance.limits.max_setup_hours
    limits = ["" if most_pallets is None else f"pallets {most_pallets:g}"]
    limits += ["" if most_hours is None else f"set-up {most_hours:g} h/year"]
    limits += [f"{j} {hours:g} h/year" for j, hours in instance.process_limits.items()]
    notes = [f"{len(ids)} {label}" for label, ids in surprises(instance).items() if ids]
    return {
        "instance": instance.name,
        "parts": f"{instance.n_parts}, in {len(instance.processes)} processes: "
        f"{', '.join(instance.processes) or 'none'}",
        "agility": f"{_shown(agility.min())} to {_shown(agility.max())} pieces/h², median {_shown(_median(agility))}",
        "pieces per pallet": f"{epq.min():g} to {epq.max():g}, median {np.median(epq):g}",
        "all MTS": f"{math.fsum(instance.mts_pallets):.2f} pallets, "
        f"{math.fsum(instance.mts_setup_hours):.2f} set-up h/year",
        "all MTO": f"0 pallets, {math.fsum(instance.mto_setup_hours):.2f} set-up h/year",
        "limits": ", ".join(filter(None, limits)) or "none",
        "fixed policies": f"{len(instance.fixed_policy)} parts" if instance.fixed_policy else "none",
        "same policy": f"{len(instance.same_policy)} groups" if instance.same_policy else "none",
        "surprises": "; ".join(notes) or "none",
    }


def _median(agility: NDArray[np.float64]) -> float:
    """Return the median; halfway to a part that takes no time is as unbounded as that part."""
    middle = np.sort(agility)[(agility.size - 1) // 2 : agility.size // 2 + 1]
    unbounded = float(np.finfo(np.float64).max)
    return unbounded if middle[-1] == unbounded else float(np.median(agility))


def _shown(agility: float) -> str:
    """Return an agility; parts that take no time have none."""
    return "unbounded" if agility == np.finfo(np.float64).max else f"{agility:.4g}"
