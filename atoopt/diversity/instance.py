"""The data of diversity management: orders, and how many variants may be built for them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from atoopt.base.errors import InputError
from atoopt.base.frozen import Name, NonNegative, read_only
from atoopt.base.instance import Instance
from atoopt.base.names import check_names
from atoopt.stock.instance import Product, StockInstance

_Moderate = Annotated[NonNegative, Field(le=1e9)]  # sums of costs stay finite and exact enough


class DiversityInstance(Instance):
    """Which variants should be built? Every order gets one that has everything ordered, and options beyond it.

    The variants are chosen among the products ordered, as in Briant and Naddef (2004) and Agra et al. (2009): a
    p-median problem on the inclusion order. A union of orders that nobody ordered as such could serve as a variant,
    too, and may be better: of the orders a and b, with one variant, a + b serves both, while no ordered product does.
    What is proven here holds among the products ordered; add a union to them with a tiny demand to let it in.

    Attributes
    ----------
    name : str
    components : tuple of str
        The options.
    products : tuple of Product
        What is ordered, and how much of it; one without components is an order of the base alone.
    max_variants : int or None
        P, the most variants that are built; None for no limit.
    give_away : dict of str to float
        Cost of a component that is given though it was not ordered; 1 for those not named.

    Examples
    --------
    >>> from atoopt.diversity import DiversityInstance
    >>> from atoopt.stock import Product
    >>> orders = (Product(components=("a", "b"), demand=1), Product(components=("a",), demand=3))
    >>> instance = DiversityInstance(name="two", components=("a", "b"), products=orders, max_variants=1)
    >>> instance.shares.tolist(), instance.weights.tolist()
    ([0.25, 0.75], [1.0, 1.0])
    """

    label_width: ClassVar[int] = 11
    in_rows: ClassVar[tuple[str, ...]] = ("products",)

    format: Literal["atoopt/diversity"] = "atoopt/diversity"
    version: Literal[1] = 1
    name: Name
    components: Annotated[tuple[Name, ...], Field(min_length=1)]
    products: Annotated[tuple[Product, ...], Field(min_length=1)]
    max_variants: Annotated[int, Field(strict=True, ge=1, le=10**9)] | None
    give_away: dict[Name, _Moderate] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _check_references(self) -> DiversityInstance:
        """Every name known and given once, and so is every product."""
        check_names(self.components, None, "components")
        first: dict[frozenset[str], int] = {}
        for k, product in enumerate(self.products):
            check_names(product.components, self._position, f"products[{k}].components")
            if first.setdefault(frozenset(product.components), k) != k:
                problem = f"has the same components as products[{first[frozenset(product.components)]}]"
                raise InputError(problem, "give each product once, with its whole demand", place=f"products[{k}]")
        check_names(tuple(self.give_away), self._position, "give_away")
        return self

    @classmethod
    def of_orders(
        cls, stock: StockInstance, max_variants: int | None, give_away: Mapping[str, float] | None = None
    ) -> DiversityInstance:
        """Return the question on the orders of a stock instance; its costs and limits are not looked at."""
        from atoopt.base.faults import validated

        data = {
            "name": stock.name, "components": stock.components, "products": stock.products,
            "max_variants": max_variants, "give_away": dict(give_away or {}),
        }  # fmt: skip
        return validated(cls, data)

    # ---- the data as arrays -------------------------------------------------------------------

    @cached_property
    def _position(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.components)}

    @cached_property
    def has(self) -> NDArray[np.bool_]:
        """Which product has which component, shape (n_products, n_components)."""
        has = np.zeros((self.n_products, len(self.components)), dtype=np.bool_)
        for k, product in enumerate(self.products):
            has[k, [self._position[name] for name in product.components]] = True
        return read_only(has)

    @cached_property
    def weights(self) -> NDArray[np.float64]:
        """The cost of giving each component away, shape (n_components,)."""
        return read_only(np.array([self.give_away.get(name, 1.0) for name in self.components]))

    @cached_property
    def shares(self) -> NDArray[np.float64]:
        """p_k, the shares of the demand, shape (n_products,), sum 1."""
        demand = np.array([product.demand for product in self.products])
        scaled = demand / demand.max()  # the sum of huge demands must not overflow
        return read_only(scaled / scaled.sum())

    @property
    def n_products(self) -> int:
        """The number of distinct orders, which are the variants to choose from."""
        return len(self.products)

    @property
    def most_variants(self) -> int:
        """P, and the number of products where there is no limit."""
        return self.n_products if self.max_variants is None else min(self.max_variants, self.n_products)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """A text a product that tells it from the others: its components joined."""
        return tuple(" + ".join(product.components) or "(base)" for product in self.products)

    # ---- reading and showing ------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        """Return the instance as plain data, in the order of the file format."""
        data = super().to_json()
        for product in data["products"]:
            if product["name"] is None:
                del product["name"]
        if not data["give_away"]:
            del data["give_away"]
        return data

    def summary(self) -> dict[str, str]:
        """Return the instance on one screen, label to text."""
        from atoopt.diversity.inclusion import inclusion_of

        sizes, order = self.has.sum(axis=1), inclusion_of(self)
        limit = "no limit" if self.max_variants is None else f"at most {self.max_variants:,}"
        priced = f"cost of {len(self.give_away)} options given" if self.give_away else "every option costs 1"
        return {
            "instance": self.name,
            "components": f"{len(self.components)}",
            "products": f"{self.n_products}, of {sizes.min()} to {sizes.max()} components, "
            f"{float(self.shares @ sizes):.2f} on average over the demand",
            "inclusion": f"{len(order.order):,} pairs of a product and one with more, "
            f"{int(order.maximal.sum())} products within no other",
            "variants": f"{limit}; {int(order.maximal.sum())} are the fewest possible",
            "give-away": priced,
        }
