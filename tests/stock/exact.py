"""Every stock of a tiny instance by exact fractions; of the package, only the instance's plain fields are used."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

from atoopt.stock import StockInstance

TOLERANCE = Fraction(1, 10**9)
"""Of every limit, relative to the larger of it and one operation, or to the whole demand: what is promised."""

EDGE = Fraction(1, 1000)
"""What is so near to the edge of the tolerance, as a share of it, may be judged either way: rounding of doubles."""

Stock = tuple[Fraction, Fraction]
"""Cost and mean assembly time."""


class Truth:
    """All stocks that keep every limit, with whatever rounding (`surely`), and those that may keep them (`perhaps`)."""

    def __init__(self, instance: StockInstance) -> None:
        self.surely: list[Stock] = []
        self.perhaps: list[Stock] = []
        for size, cost, time, share in _stocks(instance):
            if instance.max_modules is not None and size > instance.max_modules:
                continue
            for stocks, room in ((self.surely, TOLERANCE * (1 - EDGE)), (self.perhaps, TOLERANCE * (1 + EDGE))):
                if _keeps_limits(instance, time, share, room):
                    stocks.append((cost, time))

    @property
    def least(self) -> float | None:
        """Cost of the cheapest stock that is surely allowed, None where there is none."""
        return min((float(cost) for cost, _ in self.surely), default=None)

    @property
    def least_perhaps(self) -> float | None:
        """Likewise of those that may be."""
        return min((float(cost) for cost, _ in self.perhaps), default=None)

    @property
    def front(self) -> list[tuple[float, float]]:
        """The undominated ones of the stocks that are surely allowed, the cheapest first."""
        kept: list[Stock] = []
        for cost, time in sorted(set(self.surely)):
            if not kept or time < kept[-1][1]:
                kept.append((cost, time))
        return [(float(cost), float(time)) for cost, time in kept]


def _stocks(instance: StockInstance) -> Iterator[tuple[int, Fraction, Fraction, Fraction]]:
    """Yield size, cost, mean assembly time and share in time of every stock of modules that fit in a product."""
    products = [frozenset(product.components) for product in instance.products]
    demand = [Fraction(product.demand) for product in instance.products]
    shares = [each / sum(demand) for each in demand]
    names = [frozenset(c) for n in range(2, len(instance.components) + 1) for c in combinations(instance.components, n)]
    modules = [m for m in names if _allowed(instance, m) and any(m <= product for product in products)]
    packings = [_packings(product, modules) for product in products]
    for held in range(1 << len(modules)):
        operations = [
            max(len(product) - 1, 0) - next(saved for saved, used in packed if used & ~held == 0)
            for product, packed in zip(products, packings, strict=True)
        ]
        time = Fraction(instance.time_per_operation) * sum(map(Fraction.__mul__, shares, map(Fraction, operations)))
        stock = [m for j, m in enumerate(modules) if held >> j & 1]
        share = Fraction(1)
        if instance.delivery_ratio is not None:
            limit, tau = Fraction(instance.delivery_ratio.max_assembly_time), Fraction(instance.time_per_operation)
            most = limit / tau * (1 + TOLERANCE) + TOLERANCE
            share = sum((s for s, n in zip(shares, operations, strict=True) if n <= most), Fraction(0))
        size = len(instance.components) + len(stock)
        yield size, _cost(instance, products, shares, operations, stock, time), time, share


def _cost(
    instance: StockInstance, products: list[frozenset[str]], shares: list[Fraction], operations: list[int],
    stock: list[frozenset[str]], time: Fraction,
) -> Fraction:  # fmt: skip
    """Return equation (9)."""
    alpha, beta, gamma, delta = (Fraction(value) for value in instance.costs.model_dump().values())
    q = len(instance.components)
    if instance.cost_basis == "stock":
        joins, shipped = Fraction(sum(len(m) - 1 for m in stock)), Fraction(q + sum(map(len, stock)))
    else:
        saved = [max(len(p) - 1, 0) - n for p, n in zip(products, operations, strict=True)]
        joins = sum((s * n for s, n in zip(shares, saved, strict=True)), Fraction(0))
        shipped = sum((s * len(p) for s, p in zip(shares, products, strict=True)), Fraction(0))
    return alpha * joins + beta * (q + len(stock)) + gamma * shipped + delta * time


def _packings(product: frozenset[str], modules: list[frozenset[str]]) -> list[tuple[int, int]]:
    """Return what disjoint modules within a product save, and which they are as bits; the most saving first."""
    found = [(0, 0)]

    def add(first: int, taken: frozenset[str], used: int, saved: int) -> None:
        for j in range(first, len(modules)):
            if modules[j] <= product - taken:
                found.append((saved + len(modules[j]) - 1, used | 1 << j))
                add(j + 1, taken | modules[j], used | 1 << j, saved + len(modules[j]) - 1)

    add(0, frozenset(), 0, 0)
    return sorted(found, reverse=True)


def _allowed(instance: StockInstance, module: frozenset[str]) -> bool:
    listed = instance.candidate_modules
    if listed is not None and module not in map(frozenset, listed):
        return False
    if instance.liaisons is None:
        return True
    reached = {min(module)}
    for _ in module:
        reached |= {c for pair in instance.liaisons if reached & {*pair} for c in pair if c in module}
    return reached == module


def _keeps_limits(instance: StockInstance, time: Fraction, share: Fraction, room: Fraction) -> bool:
    if instance.max_mean_assembly_time is not None:
        limit = Fraction(instance.max_mean_assembly_time)
        if time > limit + room * max(limit, Fraction(instance.time_per_operation)):
            return False
    return instance.delivery_ratio is None or share >= Fraction(instance.delivery_ratio.min_share) - room
