"""The data of the stock-composition problem: frozen, validated, read from and written to JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from atoopt.base.errors import InputError
from atoopt.base.faults import validated
from atoopt.base.frozen import Frozen, Name, NonNegative, Number, Positive, read_only
from atoopt.base.instance import Instance
from atoopt.base.names import check_names
from atoopt.sets.bitsets import Words, mask_of, positions_of, to_words
from atoopt.sets.connected import neighbors_of, pieces

FORMAT: Literal["atoopt/stock-composition"] = "atoopt/stock-composition"

_Moderate = Annotated[NonNegative, Field(le=1e15)]  # products and sums of costs and times stay finite
_Names = tuple[Name, ...]
_Pair = Annotated[_Names, Field(json_schema_extra={"minItems": 2, "maxItems": 2})]


class Product(Frozen):
    """What customers order: a set of components, and how much of it.

    Attributes
    ----------
    components : tuple of str
        P_k; empty for the base product, which needs no operation.
    demand : float
        Any positive amount, pieces; `StockInstance.shares` makes shares p_k of it.
    name : str, optional
    """

    components: _Names
    demand: Positive
    name: str | None = None


class Costs(Frozen):
    """The four cost coefficients of the paper's equations (4) to (7).

    Attributes
    ----------
    preassembly : float
        alpha, per operation of a module's pre-assembly.
    fixed_transport : float
        beta, per module held.
    variable_transport : float
        gamma, per component in a module.
    final_assembly : float
        delta, per unit of mean assembly time.
    """

    preassembly: _Moderate
    fixed_transport: _Moderate
    variable_transport: _Moderate
    final_assembly: _Moderate

    @classmethod
    def from_rates(cls, **rates: Any) -> Costs:
        """Return coefficients in money a year, from wages, freight and shipments: see `costs_from_rates`."""
        from atoopt.stock.data.rates import costs_from_rates

        return validated(cls, costs_from_rates(**rates))


class DeliveryRatio(Frozen):
    """The contract term of the paper's section III: enough demand is assembled fast enough.

    Attributes
    ----------
    max_assembly_time : float
        The most time that a product may take, a time like `StockInstance.time_per_operation`.
    min_share : float
        The least share of the demand, 0 to 1, that must keep it.
    """

    max_assembly_time: _Moderate
    min_share: Annotated[Number, Field(ge=0, le=1)]


class StockInstance(Instance):
    """Which modules should be held? The data of da Cunha, Agard and Kusiak (2007).

    Attributes
    ----------
    name : str
    components : tuple of str
        The q basic components; a set of them is an ``int`` whose bit i stands for the i-th.
    products : tuple of Product
    costs : Costs
    max_mean_assembly_time : float or None
        T of constraint (2), a time; None for no limit.
    cost_basis : {"stock", "usage"}
        Pre-assembly and variable transport per module held (equation (9) as printed), or per use.
    time_per_operation : float
        The time of one final-assembly operation.
    max_modules : int or None
        The most modules held, single components included.
    delivery_ratio : DeliveryRatio or None
    candidate_modules : tuple of tuple of str, or None
        The modules that may be held besides the single components; None for every set of components.
    liaisons : tuple of pairs of str, or None
        Which components are joined directly: a module of several components must hang together by them. None for
        no such restriction; with `candidate_modules` as well, a module must satisfy both.

    Examples
    --------
    >>> from atoopt.stock import Costs, Product, StockInstance
    >>> instance = StockInstance(
    ...     name="two", components=("a", "b"), max_mean_assembly_time=0.5,
    ...     products=(Product(components=("a", "b"), demand=3), Product(components=("a",), demand=1)),
    ...     costs=Costs(preassembly=1, fixed_transport=2, variable_transport=0.4, final_assembly=10))
    >>> instance.shares.tolist()
    [0.75, 0.25]
    >>> instance.replace(max_mean_assembly_time=1.0).max_mean_assembly_time
    1.0
    """

    label_width: ClassVar[int] = 19
    in_rows: ClassVar[tuple[str, ...]] = ("products", "candidate_modules", "liaisons")

    format: Literal["atoopt/stock-composition"] = FORMAT
    version: Literal[1] = 1
    name: Name
    components: Annotated[_Names, Field(min_length=1)]
    products: Annotated[tuple[Product, ...], Field(min_length=1)]
    costs: Costs
    cost_basis: Literal["stock", "usage"] = "stock"
    time_per_operation: Annotated[_Moderate, Field(ge=1e-15)] = 1.0
    max_mean_assembly_time: _Moderate | None
    max_modules: Annotated[int, Field(strict=True, ge=1, le=10**9)] | None = None
    delivery_ratio: DeliveryRatio | None = None
    candidate_modules: tuple[Annotated[_Names, Field(min_length=1)], ...] | None = None
    liaisons: tuple[_Pair, ...] | None = None

    @model_validator(mode="after")
    def _check_references(self) -> StockInstance:
        """Every name known and given once, and so is every product, module and liaison."""
        check_names(self.components, None, "components")
        for i, pair in enumerate(self.liaisons or ()):
            if len(pair) != 2:
                raise InputError(f"has {len(pair)} components", "give the two that are joined", place=f"liaisons[{i}]")
        products = [product.components for product in self.products]
        again = "give each product once, with its whole demand"
        self._check_sets(products, "products", "has the same components as", again, ".components")
        self._check_sets(
            self.candidate_modules, "candidate_modules", "has the same components as", "list each module once"
        )
        self._check_sets(self.liaisons, "liaisons", "joins the same components as", "give each pair once")
        return self

    def _check_sets(
        self, sets: Sequence[_Names] | None, place: str, same: str, remedy: str, inside: str = ""
    ) -> None:  # fmt: skip
        """Raise unless every set has known names, once each, and is given once."""
        seen: dict[frozenset[str], int] = {}
        for i, names in enumerate(sets or ()):
            check_names(names, self._position, f"{place}[{i}]{inside}")
            first = seen.setdefault(frozenset(names), i)
            if first != i:
                raise InputError(f"{same} {place}[{first}]", remedy, place=f"{place}[{i}]")

    # ---- sets as bits -------------------------------------------------------------------------

    @cached_property
    def _position(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.components)}

    def mask(self, components: Iterable[str]) -> int:
        """Return a set of component names as bits."""
        return mask_of(self._position[name] for name in components)

    def names(self, mask: int) -> tuple[str, ...]:
        """Return the component names of a set of bits, in the order of `components`."""
        return tuple(self.components[i] for i in positions_of(mask))

    @cached_property
    def product_masks(self) -> tuple[int, ...]:
        """The products as bits, in their order."""
        return tuple(self.mask(product.components) for product in self.products)

    @cached_property
    def product_words(self) -> Words:
        """The products as an (n_products, words) array for compiled code."""
        return read_only(to_words(self.product_masks, self.n_components))

    @cached_property
    def product_sizes(self) -> NDArray[np.int64]:
        """The number of components of each product, shape (n_products,)."""
        return read_only(np.array([len(product.components) for product in self.products], dtype=np.int64))

    @cached_property
    def most_operations(self) -> float:
        """Mean number of final-assembly operations where single components only are held: sum_k p_k (|P_k| - 1)."""
        return float(self.shares @ (self.product_sizes - 1).clip(0))

    @cached_property
    def shares(self) -> NDArray[np.float64]:
        """p_k, the shares of the demand, shape (n_products,), sum 1."""
        demand = np.array([product.demand for product in self.products])
        scaled = demand / demand.max()  # the sum of huge demands must not overflow
        return read_only(scaled / scaled.sum())

    @cached_property
    def share_scale(self) -> int:
        """Units that the whole demand is counted in: a power of two, with room for the operations of every product."""
        return int(2 ** (62 - max(1, int(self.product_sizes.max())).bit_length()))

    @cached_property
    def share_units(self) -> NDArray[np.int64]:
        """p_k in whole units, shape (n_products,): their sums are exact, in whatever order they are taken."""
        return read_only(np.rint(self.shares * self.share_scale).astype(np.int64))

    @cached_property
    def candidate_masks(self) -> frozenset[int] | None:
        """The listed modules of several components that liaisons allow, as bits; None without a list."""
        if self.candidate_modules is None:
            return None
        several = (mask for mask in map(self.mask, self.candidate_modules) if mask.bit_count() > 1)
        return frozenset(mask for mask in several if len(self.pieces(mask)) == 1)

    @cached_property
    def neighbors(self) -> tuple[int, ...] | None:
        """Per component, those that a liaison joins to it, as bits; None without liaisons."""
        if self.liaisons is None:
            return None
        place = self._position
        return neighbors_of(((place[one], place[other]) for one, other in self.liaisons), self.n_components)

    def pieces(self, mask: int) -> list[int]:
        """Return the parts of a set that hang together by liaisons; the whole set where there are none to regard."""
        return [mask] if self.neighbors is None else pieces(mask, self.neighbors)

    def allows(self, mask: int) -> bool:
        """Return whether a module may be held: a single component, or connected and in the list if there is one."""
        if not mask & (mask - 1):
            return True
        listed = self.candidate_masks
        return mask in listed if listed is not None else len(self.pieces(mask)) == 1

    @property
    def n_components(self) -> int:
        """Q, the number of basic components."""
        return len(self.components)

    @property
    def n_products(self) -> int:
        """The number of distinct products."""
        return len(self.products)

    # ---- other demand -------------------------------------------------------------------------

    def with_demand(self, demand: Mapping[Any, float] | Sequence[float]) -> StockInstance:
        """Return the same instance with other demand: see `atoopt.stock.data.scenarios.with_demand`."""
        from atoopt.stock.data.scenarios import with_demand

        return with_demand(self, demand)

    def grown(self, component: str, factor: float) -> StockInstance:
        """Return the same instance where what has a component sells `factor` times as much."""
        from atoopt.stock.data.scenarios import grown

        return grown(self, component, factor)

    # ---- reading and showing ------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        """Return the instance as plain data, in the order of the file format."""
        data = super().to_json()
        for product in data["products"]:
            if product["name"] is None:
                del product["name"]
        if data["liaisons"] is None:
            del data["liaisons"]
        return data

    def concentration(self, share: float = 0.9) -> float:
        """Return the share of the products that make this share of the demand, the best sellers first.

        >>> import atoopt
        >>> round(atoopt.load("instances/stock/uniform-5.json").concentration(0.9), 3)
        0.903
        """
        sold = np.cumsum(np.sort(self.shares)[::-1])
        return float((np.searchsorted(sold, share - 1e-12) + 1) / self.n_products)

    def summary(self) -> dict[str, str]:
        """Return the instance on one screen, label to text."""
        from atoopt.stock.summary import summary

        return summary(self)
