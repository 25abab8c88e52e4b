"""What a stock means in detail: each module with its use and its cost, each product with its modules and its time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from atoopt.stock.evaluation import Evaluation

BASE = "(base)"
"""The name of a product without components."""


def product_names(evaluation: Evaluation) -> list[str]:
    """Return a name for each product: its own, else its components; a name that two have is followed by these."""
    instance = evaluation.instance
    plain = [" + ".join(product.components) or BASE for product in instance.products]
    given = [product.name for product in instance.products]
    return [
        components if name is None else name if given.count(name) == 1 else f"{name} ({components})"
        for name, components in zip(given, plain, strict=True)
    ]


def use_and_products(evaluation: Evaluation) -> dict[str, Any]:
    """Return the keys ``use`` and ``products`` of a result as JSON.

    `use` is the share of the demand that is built with each module, in the order of the modules; `products` gives the
    places in that order of the modules that each product is built from.
    """
    use, place = evaluation.usage(), {mask: i for i, mask in enumerate(evaluation.masks)}
    parts = ([place[mask] for mask in masks] for masks in evaluation.partition)
    return {
        "use": [use[mask] for mask in evaluation.masks],
        "products": dict(zip(product_names(evaluation), parts, strict=True)),
    }


def modules_frame(evaluation: Evaluation) -> pd.DataFrame:
    """Return a row a module: components, size, share of the demand that is built with it, and what holding it costs.

    The three terms of a module are those of equations (4) to (6); with the cost basis ``usage`` they are per product
    that is built with it. Final assembly belongs to products, not to modules.
    """
    import pandas as pd

    costs, use = evaluation.instance.costs, evaluation.usage()
    by_usage = evaluation.instance.cost_basis != "stock"
    rows = []
    for mask, names in zip(evaluation.masks, evaluation.modules, strict=True):
        times = use[mask] if by_usage else 1.0
        rows.append({
            "module": " + ".join(names), "size": len(names), "use": use[mask],
            "preassembly": costs.preassembly * (len(names) - 1) * times,
            "fixed_transport": costs.fixed_transport,
            "variable_transport": costs.variable_transport * len(names) * times,
        })  # fmt: skip
    return pd.DataFrame(rows)


def products_frame(evaluation: Evaluation) -> pd.DataFrame:
    """Return a row a product: its modules, operations of its final assembly, time, and share of the demand."""
    import pandas as pd

    instance = evaluation.instance
    modules = [", ".join(" + ".join(instance.names(mask)) for mask in masks) for masks in evaluation.partition]
    return pd.DataFrame({
        "product": product_names(evaluation), "components": instance.product_sizes, "modules": modules,
        "operations": evaluation.operations, "time": evaluation.operations * instance.time_per_operation,
        "demand": [product.demand for product in instance.products], "share": instance.shares,
    })  # fmt: skip


class Detailed:
    """The same, asked of an evaluation."""

    def detail(self: Evaluation) -> dict[str, Any]:  # type: ignore[misc] # only an evaluation is one
        """Return ``use`` and ``products``, see `use_and_products`."""
        return use_and_products(self)

    def to_frame(self: Evaluation) -> pd.DataFrame:  # type: ignore[misc]
        """Return a row a module, see `modules_frame`."""
        return modules_frame(self)

    def products(self: Evaluation) -> pd.DataFrame:  # type: ignore[misc]
        """Return a row a product, see `products_frame`."""
        return products_frame(self)
