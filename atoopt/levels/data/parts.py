"""The parts of a stock-levels file: target, costs, lead times, modules and orders."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from atoopt.base.frozen import Frozen, Name, NonNegative, Number, Positive

_Moderate = Annotated[NonNegative, Field(le=1e9)]
_Time = Annotated[NonNegative, Field(le=1e6)]
_Names = tuple[Name, ...]


class Target(Frozen):
    """A fill rate within the window.

    Attributes
    ----------
    kind : {"average", "each"}
        Of all orders together, by their shares, or of every order type.
    fill_rate : float
        alpha, above 0 and below 1.
    """

    kind: Literal["average", "each"]
    fill_rate: Annotated[Number, Field(gt=0, lt=1)]


class Costs(Frozen):
    """Costs per period.

    Attributes
    ----------
    holding : float, dict or list
        h: per unit of value; or by the name of a component (of a module, in a bare system); or a list, a module each.
    backorder : float, dict or list
        b: per waiting order; or by the name of a product or order type; or a list, an order type each.
    """

    holding: _Moderate | dict[Name, _Moderate] | tuple[_Moderate, ...]
    backorder: _Moderate | dict[Name, _Moderate] | tuple[_Moderate, ...]


class ModuleLeadTime(Frozen):
    """The lead time of one module.

    Attributes
    ----------
    module : tuple of str
        Its components.
    lead_time : float
        Periods.
    """

    module: Annotated[_Names, Field(min_length=1)]
    lead_time: _Time


class LeadTimes(Frozen):
    """Periods from a replenishment order to the unit.

    Attributes
    ----------
    default : float
        Of every module that is not named.
    modules : tuple of ModuleLeadTime
        The exceptions.
    """

    default: _Time
    modules: tuple[ModuleLeadTime, ...] = ()


class Module(Frozen):
    """A module of a bare system.

    Attributes
    ----------
    name : str
    lead_time : float
        L_i, periods.
    value : float
        Of a unit.
    """

    name: Name
    lead_time: _Time
    value: _Moderate = 1.0


class Order(Frozen):
    """An order type of a bare system.

    Attributes
    ----------
    modules : tuple of str
        K, one of each.
    rate : float
        lambda_K, orders per period.
    name : str, optional
    """

    modules: _Names
    rate: Positive
    name: Name | None = None


class History(Frozen):
    """Orders as they came, instead of Poisson streams.

    Attributes
    ----------
    times : tuple of float
        When each order came, periods, not falling.
    order_types : tuple of int
        The position of each in ``orders``, or in the products of the stock instance.
    """

    times: Annotated[tuple[Number, ...], Field(min_length=2)]
    order_types: tuple[Annotated[int, Field(strict=True, ge=0)], ...]


class Held(Frozen):
    """The stock of a result: only its modules are read.

    Attributes
    ----------
    modules : tuple of tuple of str
        Each module's components; single components are always held.
    """

    model_config = ConfigDict(extra="ignore")

    modules: tuple[Annotated[_Names, Field(min_length=1)], ...]

    @model_validator(mode="before")
    @classmethod
    def _of_result(cls, data: Any) -> Any:
        """Take the solution out of a whole result."""
        return data["solution"] if isinstance(data, dict) and isinstance(data.get("solution"), dict) else data
