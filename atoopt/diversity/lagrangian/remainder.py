"""What multipliers could not settle, as a MILP in arrays: no model is built in between, which would take longer."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array, csc_array

from atoopt.diversity.core import Core
from atoopt.diversity.lagrangian.heuristic import Mask
from atoopt.solvers.arrays.standard_form import StandardForm
from atoopt.solvers.outcome import Answer
from atoopt.solvers.registry import solve_by_highs
from atoopt.solvers.run import Run


def solve_remainder(core: Core, run: Run) -> tuple[Mask | None, Answer]:
    """Return the best choice among the free products, None without one, and how the solver ended."""
    compiled, answer = solve_by_highs(form_of(core), run)
    if answer.objective is None or compiled.found is None:
        return None, answer
    chosen = np.zeros(core.n, dtype=np.bool_)
    chosen[np.flatnonzero(core.free)] = compiled.found[: int(core.free.sum())] > 0.5
    return chosen, answer


def form_of(core: Core) -> StandardForm:
    """Return the p-median model of a core: the columns y_j of the free products, then x_kj of the pairs.

    The model of `atoopt.diversity.model.formulation.build` with x_kk replaced by y_k: nothing saves an order more than
    a variant of its own. Rows: sum_j x_kj <= 1 per order, x_kj <= y_j per pair, sum_j y_j <= B.
    """
    free = np.flatnonzero(core.free)
    column = np.full(core.n, -1)
    column[free] = np.arange(len(free))
    others = np.flatnonzero(core.order != core.variant)
    own = np.flatnonzero(core.order == core.variant)
    order, n_y, n_x = core.order[others], len(free), len(others)
    orders, row = np.unique(order, return_inverse=True)
    x, link = n_y + np.arange(n_x), len(orders) + np.arange(n_x)
    chooser = np.flatnonzero(core.free[orders])
    rows = np.concatenate([row, chooser, link, link, np.full(n_y, len(orders) + n_x)])
    columns = np.concatenate([x, column[orders[chooser]], x, column[core.variant[others]], np.arange(n_y)])
    entries = np.concatenate([np.ones(n_x + len(chooser) + n_x), np.full(n_x, -1.0), np.ones(n_y)])
    upper = np.concatenate([np.ones(len(orders)), np.zeros(n_x), [float(core.budget)]])
    costs = np.zeros(n_y + n_x)
    costs[column[core.variant[own]]] = -core.saving[own]
    costs[n_y:] = -core.saving[others]
    shape = (len(upper), n_y + n_x)
    return StandardForm(
        [], csc_array(coo_array((entries, (rows, columns)), shape=shape)), np.full(len(upper), -np.inf), upper,
        np.zeros(n_y + n_x), np.ones(n_y + n_x), np.arange(n_y + n_x) < n_y,
        tuple(f"row{i}" for i in range(len(upper))), costs, core.base, True,
    )  # fmt: skip
