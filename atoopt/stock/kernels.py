"""The kernels of stock composition, called once each on an instance that takes no time: how they are compiled.

Arguments are made as the methods make them, for each kind of argument is compiled apart.
"""

from __future__ import annotations

import numpy as np

from atoopt.solvers.run import Run
from atoopt.stock.instance import Costs, Product, StockInstance


def tiny() -> StockInstance:
    """Return an instance on which every kernel takes no time, once it is compiled."""
    costs = Costs(preassembly=1.0, fixed_transport=2.0, variable_transport=0.4, final_assembly=10.0)
    products = tuple(Product(components=tuple(letters), demand=1.0) for letters in ("abc", "ab", "bc", "ac"))
    return StockInstance(
        name="tiny", components=tuple("abc"), products=products, costs=costs, max_mean_assembly_time=1.0
    )


def packing() -> None:
    """Compile what evaluates a stock, and what lets one grow."""
    from atoopt.stock.evaluate import evaluate_masks
    from atoopt.stock.heuristics.construct import heuristic_stocks

    evaluate_masks(tiny(), [0b011])
    heuristic_stocks(tiny(), Run())


def annealing() -> None:
    """Compile the walk."""
    from atoopt.stock.annealing.setup import make_state

    make_state(tiny(), (0b011,), 0)


def pricing() -> None:
    """Compile what lists modules for decomposition, and its cuts."""
    from atoopt.stock.column_generation.ascent import first_duals
    from atoopt.stock.column_generation.bound import prices
    from atoopt.stock.column_generation.envelope import most_broken
    from atoopt.stock.column_generation.pool import Pool
    from atoopt.stock.column_generation.pricing import profitable_modules
    from atoopt.stock.column_generation.relaxation import relax
    from atoopt.stock.column_generation.repair import take_profits

    relaxed = relax(tiny())
    pool = Pool(relaxed)
    pool.add([0b011, 0b110, 0b101])
    gains, worth, cost, charges = prices(relaxed, pool, first_duals(relaxed))
    found = profitable_modules(
        relaxed.has, gains, worth, cost, floor=0.0, most=9, max_nodes=9, joined=relaxed.joined, charges=charges
    )
    take_profits(relaxed.has, gains, worth, cost, found[0], charges)
    pool.cut_off(pool.whole(), np.full(pool.n_pairs, 0.5))
    pool.whole()  # lays out the rows of the cuts found
    most_broken(np.ones(3), np.full(3, 0.5), ~np.eye(3, dtype=bool), np.ones(3), np.ones(3), lambda: False)


def ascent() -> None:
    """Compile the dual ascent of decomposition."""
    from atoopt.stock.column_generation.ascent import Primal, ascend, dual_value, first_duals
    from atoopt.stock.column_generation.pool import Pool
    from atoopt.stock.column_generation.relaxation import relax

    relaxed = relax(tiny())
    pool, duals = Pool(relaxed), first_duals(relaxed)
    duals, _ = ascend(relaxed, pool.whole(), duals, Primal(np.zeros(pool.n_pairs), np.zeros(len(pool))), 1)
    dual_value(relaxed, pool.whole(), duals)


def gaps() -> None:
    """Compile the search for gap inequalities."""
    from atoopt.stock.dense.gaps import separate

    separate(np.array([[0.5, 0.4], [0.4, 0.5]]))


def enumeration() -> None:
    """Compile the walks through all stocks."""
    from atoopt.stock.enumeration.enumerate import count_all
    from atoopt.stock.enumeration.enumerate_front import undominated_stocks

    count_all(tiny(), Run())
    undominated_stocks(tiny(), Run())


def connected() -> None:
    """Compile the search for connected sets."""
    from atoopt.sets.connected import connected_sets

    connected_sets((0b010, 0b101, 0b010), most=9)
