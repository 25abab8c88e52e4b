"""The data of a product architecture: frozen, validated, read from and written to JSON."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from atoopt.architecture.data.product import Product
from atoopt.base.errors import InputError
from atoopt.base.frozen import Name
from atoopt.base.instance import Instance


class ArchitectureInstance(Instance):
    """How products are built up and what their parts do, after Stief, Dantan, Etienne and Siadat (2018).

    Attributes
    ----------
    name : str
    products : tuple of Product

    Examples
    --------
    >>> import atoopt
    >>> instance = atoopt.load("instances/architecture/nail-clippers.json")
    >>> instance.products[0].root
    'lower jaw'
    """

    label_width: ClassVar[int] = 20
    in_rows: ClassVar[tuple[str, ...]] = ("products",)

    format: Literal["atoopt/architecture"] = "atoopt/architecture"
    version: Literal[1] = 1
    name: Name
    products: Annotated[tuple[Product, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _ids_once(self) -> ArchitectureInstance:
        """Check that each product has an id of its own."""
        first: dict[str, int] = {}
        for i, product in enumerate(self.products):
            other = first.setdefault(product.id, i)
            if other != i:
                problem = f"{json.dumps(product.id)} is also the id of products[{other}]"
                raise InputError(problem, "give each product an id of its own", place=f"products[{i}].id")
        return self

    @property
    def n_products(self) -> int:
        """The number of products."""
        return len(self.products)

    @cached_property
    def product(self) -> dict[str, Product]:
        """The products by id, in their order."""
        return {product.id: product for product in self.products}

    @cached_property
    def component_names(self) -> tuple[str, ...]:
        """The names of all components (see `Component.name`), in the order in which the products give them."""
        return tuple(dict.fromkeys(component.name for product in self.products for component in product.components))

    # ---- reading and showing ------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        """Return the instance as plain data, in the order of the file format; what was left out stays out."""
        data: dict[str, Any] = _without_empty(super().to_json())
        return data

    def _entry(self, entry: Any) -> str:
        """Return a product as it stands in the file: a component, a joint or a flow a line."""
        return _product_text(entry)

    def summary(self) -> dict[str, str]:
        """Return the instance on one screen, label to text."""
        from atoopt.architecture.summary import summary

        return summary(self)


def _without_empty(data: Any) -> Any:
    """Return plain data without the keys that may be left out: those that hold nothing."""
    if isinstance(data, list):
        return [_without_empty(value) for value in data]
    if isinstance(data, dict):
        return {key: _without_empty(value) for key, value in data.items() if value is not None and value != []}
    return data


def _product_text(product: dict[str, Any]) -> str:
    """Return a product as JSON, the objects in its lists one a line."""
    lines = []
    for key, value in product.items():
        if value and isinstance(value, list) and isinstance(value[0], dict):
            entries = ",\n    ".join(json.dumps(entry, ensure_ascii=False) for entry in value)
            lines.append(f'"{key}": [\n    {entries}]')
        else:
            lines.append(f'"{key}": {json.dumps(value, ensure_ascii=False)}')
    return "{" + ",\n   ".join(lines) + "}"
