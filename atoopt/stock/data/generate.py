"""Seeded generators of instances: dense, sparse, wire harness, configurable goods.

Those of order histories have a file of their own, and are here by name, too. The same arguments give the same
data. Demands are rounded (whole pieces, or four decimals), so that neither the platform nor its mathematics library
shows in a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from atoopt.base.faults import check_number
from atoopt.sets.bitsets import positions_of
from atoopt.stock.data.choices import Market, sample_sets
from atoopt.stock.data.generate_orders import CAR_FAMILIES, harness_orders
from atoopt.stock.instance import Costs, Product, StockInstance

if TYPE_CHECKING:
    pass

__all__ = [
    "CARS_A_YEAR", "CAR_FAMILIES", "SET_1", "SET_2", "configurable", "harness_orders", "laptops", "log_normal",
    "pc_maker", "sparse", "uniform", "wire_harness", "zipf_demand",
]  # fmt: skip

SET_1 = Costs(preassembly=1.0, fixed_transport=2.0, variable_transport=0.4, final_assembly=10.0)
SET_2 = Costs(preassembly=1.0, fixed_transport=0.4, variable_transport=0.1, final_assembly=10.0)
"""The two published parameter sets (alpha, beta, gamma, delta)."""

CARS_A_YEAR = 350_000
"""The yearly production that the paper gives for the wire harness of a mid-range car."""


def uniform(
    q: int, *, costs: Costs = SET_1, max_mean_assembly_time: float | None = 0.8, name: str | None = None
) -> StockInstance:
    """Return the dense instance of uniform demand: every non-empty set of q components is a product.

    Examples
    --------
    >>> uniform(5).n_products
    31
    """
    check_number(1 <= q <= 16, "q", q, "from 1 to 16: the products double with each component")
    return _dense(q, np.ones(2**q - 1), costs, max_mean_assembly_time, name or f"uniform-{q}")


def log_normal(
    q: int,
    sigma: float = 1.0,
    seed: int = 0,
    *,
    costs: Costs = SET_1,
    max_mean_assembly_time: float | None = 0.8,
    name: str | None = None,
) -> StockInstance:
    """Return the dense instance whose demands are exp(sigma Z), Z standard normal and independent.

    Examples
    --------
    >>> log_normal(4, seed=1) == log_normal(4, seed=1), log_normal(4, seed=1) == log_normal(4, seed=2)
    (True, False)
    """
    check_number(1 <= q <= 16, "q", q, "from 1 to 16: the products double with each component")
    check_number(0 <= sigma < 10, "sigma", sigma, "at least 0 and below 10")
    demand = np.exp(sigma * np.random.default_rng(seed).standard_normal(2**q - 1))
    return _dense(q, np.maximum(demand.round(4), 1e-4), costs, max_mean_assembly_time, name or f"log-normal-{q}")


def sparse(
    q: int,
    n_products: int,
    seed: int = 0,
    *,
    exponent: float = 1.0,
    density: float = 0.4,
    costs: Costs = SET_1,
    max_mean_assembly_time: float | None = 0.8,
    name: str | None = None,
) -> StockInstance:
    """Return an instance of `n_products` random products with Zipf demand.

    Parameters
    ----------
    q, n_products : int
        At most 2^q - 1 products exist.
    seed : int
    exponent : float
        The product of rank r is demanded in proportion to r^-exponent.
    density : float
        The chance of each component to be in a product, above 0 and at most 1.

    Examples
    --------
    >>> sparse(8, 40, seed=3).n_products
    40
    """
    check_number(0 < density <= 1, "density", density, "above 0 and at most 1")
    market = Market.independent(np.full(q, density))
    sets = sample_sets(market, n_products, np.random.default_rng(seed))
    demand = zipf_demand(n_products, exponent)
    return _instance(name or f"sparse-{q}", market.names("c"), sets, demand, costs, max_mean_assembly_time)


def wire_harness(
    n_options: int,
    n_products: int,
    seed: int = 0,
    *,
    mean_size: float | None = None,
    n_trims: int = 6,
    family_share: float = 0.5,
    exponent: float = 1.5,
    shift: float = 20.0,
    costs: Costs = SET_1,
    max_mean_assembly_time: float | None = 2.0,
    name: str | None = None,
) -> StockInstance:
    """Return an instance like the wire harness of a car: many options, few of them in each car.

    Every option has a take rate, which varies between trim levels (so that options come together); some
    options form families of two to four of which a car has at most one; the demand is Zipf, by default
    about 90 % of it in 20 % of 3,000 products, as the paper reports.

    Parameters
    ----------
    n_options, n_products : int
        100 options and 3,000 products take about a second. Every option is in some product where
        ``n_products >= n_options``.
    seed : int
    mean_size : float, optional
        The sum of the take rates, an upper estimate of the mean options of a car; by default n_options / 5,
        at most 12.
    n_trims : int
        Trim levels; each changes the odds of each option.
    family_share : float
        The share of the options that belong to families, 0 to 1.
    exponent, shift : float
        Of the demand, see `zipf_demand`; shift 0 is Zipf's law itself.

    Examples
    --------
    >>> harness = wire_harness(40, 300, seed=1)
    >>> harness.n_components, harness.n_products
    (40, 300)
    """
    check_number(n_options >= 1, "n_options", n_options, "at least 1")
    check_number(n_trims >= 1, "n_trims", n_trims, "at least 1")
    check_number(0 <= family_share <= 1, "family_share", family_share, "from 0 to 1")
    rng = np.random.default_rng(seed)
    size = min(12.0, n_options / 5) if mean_size is None else mean_size
    market = Market.of_cars(n_options, size, n_trims, family_share, rng)
    sets = sample_sets(market, n_products, rng)
    names = market.names("w")
    demand = zipf_demand(n_products, exponent, shift)
    return _instance(name or f"harness-{n_options}", names, sets, demand, costs, max_mean_assembly_time)


def configurable(
    families: dict[str, tuple[str, ...]],
    n_products: int,
    seed: int = 0,
    *,
    optional: Sequence[str] = (),
    n_segments: int = 3,
    exponent: float = 1.0,
    costs: Costs = SET_1,
    max_mean_assembly_time: float | None = None,
    name: str,
) -> StockInstance:
    """Return an instance of goods configured from families of variants that exclude each other.

    A product has one variant of each family, or none of an optional one. Customers come in segments, each
    with its own preferences, so that variants come together.

    Parameters
    ----------
    families : dict of str to tuple of str
        Family -> variants; a component is named ``family variant``.
    n_products : int
        The best-selling configurations that are offered.
    optional : sequence of str
        The families that a product may do without.
    """
    rng = np.random.default_rng(seed)
    market = Market.of_families(list(families.values()), [f in optional for f in families], n_segments, rng)
    names = [f"{family} {variant}" for family, variants in families.items() for variant in variants]
    sets = sample_sets(market, n_products, rng)
    return _instance(name, names, sets, zipf_demand(n_products, exponent), costs, max_mean_assembly_time)


def laptops(n_products: int = 60, seed: int = 0, *, max_mean_assembly_time: float | None = 2.0) -> StockInstance:
    """Return a maker of configurable laptops: one variant each of six families.

    >>> laptops().n_components
    15
    """
    families = {
        "processor": ("4-core", "8-core", "12-core"),
        "memory": ("8 GB", "16 GB", "32 GB"),
        "disk": ("256 GB", "512 GB", "1 TB"),
        "screen": ("13 inch", "15 inch"),
        "keyboard": ("US", "FR"),
        "battery": ("50 Wh", "75 Wh"),
    }
    return configurable(families, n_products, seed, max_mean_assembly_time=max_mean_assembly_time, name="laptops")


def pc_maker(n_products: int = 50, seed: int = 0, *, max_mean_assembly_time: float | None = 1.2) -> StockInstance:
    """Return a PC maker: board and processor always, graphics card, monitor and keyboard on demand.

    >>> pc_maker().n_components
    12
    """
    families = {
        "board": ("standard", "large"),
        "processor": ("4-core", "8-core", "16-core"),
        "graphics card": ("entry", "gaming", "studio"),
        "monitor": ("24 inch", "32 inch"),
        "keyboard": ("US", "FR"),
    }
    optional = ("graphics card", "monitor", "keyboard")
    limit = max_mean_assembly_time
    return configurable(families, n_products, seed, optional=optional, max_mean_assembly_time=limit, name="pc-maker")


def zipf_demand(n: int, exponent: float = 1.0, shift: float = 0.0, total: int = CARS_A_YEAR) -> NDArray[np.float64]:
    """Return demands proportional to (rank + shift)^-exponent: whole pieces, at least one, about `total` in all.

    >>> zipf_demand(3, 1.0, total=110).tolist()
    [60.0, 30.0, 20.0]
    """
    weights = (np.arange(1.0, n + 1) + shift) ** -exponent
    return np.maximum((total * weights / weights.sum()).round(), 1.0)


def _dense(
    q: int, demand: NDArray[np.float64], costs: Costs, max_mean_assembly_time: float | None, name: str
) -> StockInstance:
    """Return the instance of all 2^q - 1 products, by size and then by components."""
    letters = [chr(ord("a") + i) for i in range(q)]
    sets = [sum(1 << i for i in c) for size in range(1, q + 1) for c in combinations(range(q), size)]
    return _instance(name, letters, sets, demand, costs, max_mean_assembly_time)


def _instance(
    name: str,
    components: Sequence[str],
    sets: Sequence[int],
    demand: NDArray[np.float64],
    costs: Costs,
    max_mean_assembly_time: float | None,
) -> StockInstance:
    products = tuple(
        Product(components=tuple(components[i] for i in positions_of(mask)), demand=amount)
        for mask, amount in zip(sets, demand.tolist(), strict=True)
    )
    return StockInstance(
        name=name,
        components=tuple(components),
        products=products,
        costs=costs,
        max_mean_assembly_time=max_mean_assembly_time,
    )
