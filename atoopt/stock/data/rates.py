"""The four cost coefficients from what a company knows: wages, times, freight, shipments.

The paper's cost is a sum of two kinds of terms. Pre-assembly, fixed and variable transport are charged **per module
held**; final assembly is charged **per mean order**. Only the shares of the products enter, so that a thousandfold
demand changes nothing: how much is sold a year must be in the coefficients. With all four in money a year, so is the
cost.

==================  =============================  ====================================================================
coefficient         charged per                    in money a year
==================  =============================  ====================================================================
preassembly         operation of a module held     far wage x hours an operation x pieces of a module a year
fixed_transport     module held                    price of a shipment x shipments of a module a year
variable_transport  component of a module held     freight of a component x pieces of a module a year
final_assembly      unit of mean assembly time     near wage x hours a unit of time x orders a year
==================  =============================  ====================================================================

With ``cost_basis="usage"`` pre-assembly and variable transport are weighted by how often a module is used, and the
pieces of a module a year are the orders themselves.
"""

from __future__ import annotations

from atoopt.base.errors import InputError


def costs_from_rates(
    *, orders_per_year: float, near_wage: float, far_wage: float, hours_per_operation: float,
    freight_per_component: float, price_per_shipment: float, shipments_per_year: float,
    pieces_per_shipment: float | None = None, time_per_operation: float = 1.0,
) -> dict[str, float]:  # fmt: skip
    """Return the coefficients in money a year.

    Parameters
    ----------
    orders_per_year : float
        Products sold a year.
    near_wage, far_wage : float
        Money an hour of work at final assembly, and where modules are made.
    hours_per_operation : float
        Of joining two parts, at either place.
    freight_per_component : float
        Money for bringing one component, in whatever module, to the stock.
    price_per_shipment : float
        Money for a shipment of one module, however many pieces it has.
    shipments_per_year : float
        Of one module.
    pieces_per_shipment : float, optional
        For ``cost_basis="stock"``: a module held is made and shipped in so many pieces each time. None for
        ``cost_basis="usage"``, where as many are made as orders use.
    time_per_operation : float
        The instance's: in which unit its times are.

    Returns
    -------
    dict of str to float
        The fields of `atoopt.stock.Costs`, which ``Costs.from_rates`` makes of it.

    Raises
    ------
    InputError
        A rate is negative or not finite.

    Examples
    --------
    A harness maker sells 20,000 a year. An operation takes 3 minutes; an hour costs 25 EUR near the customer and
    2.40 EUR far from it. A module comes four times a year, 500 pieces at a time, for 150 EUR a shipment and
    2 cents a component. The instance counts time in operations (``time_per_operation`` 1).

    >>> from atoopt.stock import Costs
    >>> rates = {"orders_per_year": 20_000, "near_wage": 25.0, "far_wage": 2.4, "hours_per_operation": 0.05}
    >>> transport = {"freight_per_component": 0.02, "price_per_shipment": 150.0, "shipments_per_year": 4}
    >>> Costs.from_rates(**rates, **transport, pieces_per_shipment=500)
    Costs(preassembly=240.0, fixed_transport=600.0, variable_transport=40.0, final_assembly=25000.0)
    >>> Costs.from_rates(**rates, **transport)  # for cost_basis="usage"
    Costs(preassembly=2400.0, fixed_transport=600.0, variable_transport=400.0, final_assembly=25000.0)
    """
    given = {name: value for name, value in locals().items() if value is not None}
    for name, value in given.items():
        if not isinstance(value, (int, float)) or not 0 <= value < float("inf"):
            raise InputError(f"is {value}", "give a number of at least 0", place=name)
    if not time_per_operation:
        raise InputError("is 0", "give the time of one operation", place="time_per_operation")
    pieces = orders_per_year if pieces_per_shipment is None else pieces_per_shipment * shipments_per_year
    return {
        "preassembly": far_wage * hours_per_operation * pieces,
        "fixed_transport": price_per_shipment * shipments_per_year,
        "variable_transport": freight_per_component * pieces,
        "final_assembly": near_wage * hours_per_operation / time_per_operation * orders_per_year,
    }
