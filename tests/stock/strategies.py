"""Hypothesis strategies of the stock-composition tests: small random instances with every feature.

All numbers are short fractions, so that a limit is either met exactly or missed by far more than any solver's
tolerance: a disagreement between two methods is a defect and never a matter of the last digit.
"""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st

from atoopt.sets.bitsets import positions_of
from atoopt.stock import Costs, DeliveryRatio, Product, StockInstance

LETTERS = "abcdefghijklmnopqrstuvwxyz"


@st.composite
def stock_instances(
    draw: st.DrawFn, max_components: int = 4, *, min_components: int = 1, max_products: int = 12, **fixed: Any
) -> StockInstance:
    """Draw an instance; `fixed` gives attributes of `StockInstance` that are not to be drawn.

    Every feature occurs: both cost bases, costs of zero, no limit or an impossible one on the mean assembly
    time, few modules, a delivery ratio, other times per operation, a list of candidates (some that fit in no
    product), a base product without components, components in no product.
    """
    n = draw(st.integers(min_components, max_components))
    masks = draw(st.lists(st.integers(0, 2**n - 1), min_size=1, max_size=max_products, unique=True))
    products = tuple(Product(components=_names(mask), demand=float(draw(st.integers(1, 20)))) for mask in masks)
    time = draw(st.sampled_from((1.0, 0.5, 2.5)))
    drawn: dict[str, Any] = {
        "time_per_operation": time,
        "costs": Costs(**{name: draw(_coefficients(name)) for name in Costs.model_fields}),
        "cost_basis": draw(st.sampled_from(("stock", "usage"))),
        "max_mean_assembly_time": draw(st.none() | st.integers(0, 40).map(lambda n: n * time / 20)),
        "max_modules": draw(st.none() | st.none() | st.integers(max(1, n - 1), n + 6)),
        "delivery_ratio": draw(st.none() | st.none() | _delivery_ratios(time)),
        "candidate_modules": draw(st.none() | st.none() | _module_lists(n)),
    }
    return StockInstance(name="random", components=tuple(LETTERS[:n]), products=products, **{**drawn, **fixed})


def module_masks(n_components: int, max_size: int = 12) -> st.SearchStrategy[list[int]]:
    """Draw modules as bits, single components among them."""
    return st.lists(st.integers(1, 2**n_components - 1), max_size=max_size, unique=True)


def _coefficients(name: str) -> st.SearchStrategy[float]:
    """Draw a cost coefficient of the size that it has in the paper; final assembly is dear, or free."""
    if name == "final_assembly":
        return st.sampled_from((0.0, 1.0, 10.0, 100.0))
    return st.sampled_from((0.0, 0.1, 0.4, 1.0, 2.0))


def _delivery_ratios(time_per_operation: float) -> st.SearchStrategy[DeliveryRatio]:
    return st.builds(
        DeliveryRatio,
        max_assembly_time=st.integers(0, 3).map(lambda n: n * time_per_operation),
        min_share=st.integers(0, 20).map(lambda n: n / 20),
    )


def _module_lists(n_components: int) -> st.SearchStrategy[tuple[tuple[str, ...], ...]]:
    masks = st.lists(st.integers(1, 2**n_components - 1), max_size=8, unique=True)
    return masks.map(lambda chosen: tuple(map(_names, chosen)))


def _names(mask: int) -> tuple[str, ...]:
    return tuple(LETTERS[i] for i in positions_of(mask))
