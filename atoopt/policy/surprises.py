"""What an analyst should know about the data before trusting any policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from atoopt.policy.instance import PolicyInstance


BETTER_TO_ORDER = "parts are better made to order in both objectives"
ONE_ORDER = "parts have at most one order a year"
LONG_BATCH = "parts have a batch larger than the year's demand"
NO_TIME = "parts take no set-up or no run time, so their agility has no bound"


def surprises(instance: PolicyInstance) -> dict[str, tuple[str, ...]]:
    """Return what surprises -> the ids of the parts concerned; all are accepted as they are.

    A part with O_i < D_i / B_i needs fewer set-ups made to order, and no pallet: better in both. One with
    O_i = D_i / B_i is no worse, and is counted too.

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.policy.surprises import LONG_BATCH, surprises
    >>> surprises(atoopt.load("instances/policy/plates-12.json"))[LONG_BATCH]
    ('P11',)
    """
    work = instance.setup_hours * instance.run_hours_per_piece
    found = {
        BETTER_TO_ORDER: instance.mto_setup_hours <= instance.mts_setup_hours,
        ONE_ORDER: instance.orders_per_year <= 1,
        LONG_BATCH: instance.batch > instance.annual_demand,
        NO_TIME: work == 0,
    }
    return {label: tuple(instance.ids[i] for i in np.flatnonzero(mask)) for label, mask in found.items()}
