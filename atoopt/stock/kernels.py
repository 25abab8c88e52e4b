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
    from atoopt.stock.evaluation import evaluate_masks
    from atoopt.stock.heuristics.construct import heuristic_stocks

    evaluate_masks(tiny(), [0b011])
    heuristic_stocks(tiny(), Run())


def annealing() -> None:
    """Compile the walk."""
    from atoopt.stock.annealing.setup import make_state

    make_state(tiny(), (0b011,), 0)


def pricing() -> None:
    """Compile what lists modules for decomposition, and its cuts."""
    from atoopt.stock.column_generation.column_pool import ColumnPool
    from atoopt.stock.column_generation.cuts.envelope_separation import most_violated
    from atoopt.stock.column_generation.cuts.separation import separate_cliques
    from atoopt.stock.column_generation.master.pdhg import first_duals
    from atoopt.stock.column_generation.pricing.dual_repair import take_profits
    from atoopt.stock.column_generation.pricing.price import price
    from atoopt.stock.column_generation.pricing.pricing_problem import pricing_problem
    from atoopt.stock.column_generation.relaxation import relax

    relaxed = relax(tiny())
    pool = ColumnPool(relaxed)
    pool.add([0b011, 0b110, 0b101])
    problem = pricing_problem(pool, first_duals(relaxed))
    take_profits(problem, price(problem, floor=0.0, max_columns=9, max_nodes=9).modules)
    separate_cliques(pool, pool.whole_master(), np.full(pool.n_pairs, 0.5))
    pool.whole_master()  # lays out the rows of the cuts found
    most_violated(np.ones(3), np.full(3, 0.5), ~np.eye(3, dtype=bool), np.ones(3), np.ones(3), lambda: False)


def ascent() -> None:
    """Compile PDHG, which climbs the dual of decomposition."""
    from atoopt.stock.column_generation.column_pool import ColumnPool
    from atoopt.stock.column_generation.master.lagrangian import lagrangian
    from atoopt.stock.column_generation.master.pdhg import first_duals, run_pdhg
    from atoopt.stock.column_generation.master.restricted_master import Primal
    from atoopt.stock.column_generation.relaxation import relax

    relaxed = relax(tiny())
    pool, duals = ColumnPool(relaxed), first_duals(relaxed)
    master = pool.whole_master()
    duals, _ = run_pdhg(master, duals, Primal(np.zeros(pool.n_pairs), np.zeros(len(pool))), 1)
    lagrangian(master, duals)


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
