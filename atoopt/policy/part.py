"""What is given of one part, and the limits of a year: the frozen, validated pieces of an instance."""

from __future__ import annotations

import math
from functools import cached_property

from atoopt.base.errors import InputError
from atoopt.base.frozen import Frozen, Name, NonNegative, Positive
from atoopt.policy.pallets import Geometry, Pallet, pieces_per_pallet


class EconomicOrder(Frozen):
    """The costs behind an economic order quantity.

    Attributes
    ----------
    order_cost : float
        K, per order.
    holding_cost : float
        h, per piece and year.
    """

    order_cost: NonNegative
    holding_cost: Positive


class Part(Frozen):
    """A part that is made to stock (MTS, in batches) or to order (MTO, a set-up an order).

    Attributes
    ----------
    id : str
    annual_demand : float
        D_i, pieces a year.
    orders_per_year : float
        O_i, orders a year that contain the part.
    batch : float, optional
        B_i, pieces a batch under MTS; instead of it `economic_order`.
    economic_order : EconomicOrder, optional
        Harris's sqrt(2 D K / h), rounded to the nearest whole piece, at least one.
    setup_hours : dict of str to float
        Ts_ij, per process, hours a production event; a process left out takes none.
    run_hours_per_piece : dict of str to float
        Tp_ij, per process, hours a piece.
    pieces_per_pallet : float, optional
        EPQ_i; instead of it `geometry`.
    geometry : Geometry, optional
    """

    id: Name
    annual_demand: Positive
    orders_per_year: Positive
    batch: Positive | None = None
    economic_order: EconomicOrder | None = None
    setup_hours: dict[Name, NonNegative]
    run_hours_per_piece: dict[Name, NonNegative]
    pieces_per_pallet: Positive | None = None
    geometry: Geometry | None = None

    @cached_property
    def batch_pieces(self) -> float:
        """B_i, as given or Harris's."""
        if self.economic_order is None:
            assert self.batch is not None
            return self.batch
        costs = self.economic_order
        batch = math.sqrt(2 * self.annual_demand * costs.order_cost / costs.holding_cost)
        return max(1.0, math.floor(batch + 0.5)) if math.isfinite(batch) else math.inf


class Limits(Frozen):
    """What the year allows; None for no limit.

    Attributes
    ----------
    max_pallets : float, optional
    max_setup_hours : float, optional
        Hours a year.
    process_hours : dict of str to float or None
        Per process, set-up plus run hours a year.
    """

    max_pallets: NonNegative | None = None
    max_setup_hours: NonNegative | None = None
    process_hours: dict[Name, NonNegative | None] | None = None


def check_part(part: Part, place: str, pallet: Pallet) -> None:
    """Raise unless the part has one batch and one pallet quantity, and both can be had from its data."""
    for one, other in (("batch", "economic_order"), ("pieces_per_pallet", "geometry")):
        given = [key for key in (one, other) if getattr(part, key) is not None]
        if len(given) != 1:
            problem = f"and {other} are both given" if given else "is missing"
            raise InputError(problem, f"give either {one} or {other}", place=f"{place}.{one}")
    if not math.isfinite(part.batch_pieces):
        raise InputError("makes a batch too large a number", "use other units", place=f"{place}.economic_order")
    if part.geometry is not None:
        try:
            pieces_per_pallet(part.geometry, pallet)
        except InputError as error:
            raise error.at(f"{place}.geometry" + (f".{error.place}" if error.place else "")) from None
