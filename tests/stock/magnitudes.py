"""Hypothesis strategy of tiny instances whose numbers are of very different size, with limits at a hair's breadth."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st

from atoopt.sets.bitsets import positions_of
from atoopt.stock import Costs, DeliveryRatio, Product, StockInstance
from atoopt.stock.evaluation import evaluate_masks

HAIRS = (0.0, 1e-10, 5e-10, 9e-10, 1e-9, 1.1e-9, 1.5e-9, 2e-9, 1e-8, 1e-7)
"""How far from an achievable value a limit is set, relative to it or to one operation: the tolerance is 1e-9."""

ODD_COSTS = (0.0, 1e-3, 1 / 3, 1.0, 1.8644, 11.0, 1e3)


@st.composite
def uneven_instances(draw: st.DrawFn, max_components: int = 3) -> StockInstance:
    """Draw an instance; T, and the share of a delivery ratio, are those of some stock, or nearly."""
    n = draw(st.integers(2, max_components))
    masks = draw(st.lists(st.integers(0, 2**n - 1), min_size=1, max_size=8, unique=True))
    size = draw(st.sampled_from((st.just(1.0), _powers(-6, 6), st.integers(1, 20).map(float))))
    cost = draw(st.sampled_from((st.sampled_from(ODD_COSTS), _powers(-5, 5))))
    tau = draw(st.sampled_from((1.0, 0.25, 1 / 3, 1e-3, 37.5)))
    instance = StockInstance(
        name="uneven", components=tuple("abcd"[:n]), max_mean_assembly_time=None, time_per_operation=tau,
        products=tuple(Product(components=tuple("abcd"[i] for i in positions_of(m)), demand=draw(size)) for m in masks),
        costs=Costs(**{name: draw(cost) for name in Costs.model_fields}),
        cost_basis=draw(st.sampled_from(("stock", "usage"))), **_restrictions(draw, n),
    )  # fmt: skip
    stock = [m for m in range(2**n) if m & (m - 1) and instance.allows(m) and draw(st.booleans())]
    changes: dict[str, Any] = {}
    if draw(st.booleans()):
        late = draw(st.integers(0, 2)) * tau
        near = instance.replace(delivery_ratio=DeliveryRatio(max_assembly_time=late, min_share=0.0))
        share = evaluate_masks(near, stock).delivery_share or 0.0
        share = min(1.0, max(0.0, share + _hair(draw)))
        changes["delivery_ratio"] = DeliveryRatio(max_assembly_time=late, min_share=share)
    if draw(st.integers(0, 5)):
        time = evaluate_masks(instance, stock).mean_assembly_time
        unit = draw(st.sampled_from((time, tau, max(time, tau))))
        changes["max_mean_assembly_time"] = max(0.0, time + _hair(draw) * unit)
    return instance.replace(**changes)


def _hair(draw: st.DrawFn) -> float:
    return draw(st.sampled_from((-1, 1))) * draw(st.sampled_from(HAIRS))


def _powers(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False).map(lambda exponent: 10.0**exponent)


def _restrictions(draw: st.DrawFn, n: int) -> dict[str, Any]:
    """Draw at most one of: few modules, a list of candidates, liaisons."""
    kind = draw(st.sampled_from(("", "", "few", "listed", "joined")))
    if kind == "few":
        return {"max_modules": draw(st.integers(n, n + 3))}
    if kind == "listed":
        masks = draw(st.lists(st.integers(1, 2**n - 1), max_size=6, unique=True))
        return {"candidate_modules": tuple(tuple("abcd"[i] for i in positions_of(mask)) for mask in masks)}
    if kind == "joined":
        return {"liaisons": tuple(("abcd"[i], "abcd"[i + 1]) for i in range(n - 1) if draw(st.booleans()))}
    return {}
