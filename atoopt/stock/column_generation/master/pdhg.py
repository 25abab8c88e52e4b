"""The restricted master solved by a restarted primal-dual hybrid gradient method (PDHG), as in PDLP.

Reflected Halpern iterations with restarts and a primal weight that adapts (Lu and Yang 2024), on the saddle point

    min over (x, y, z) in X,  max over u, v, omega, lambda, mu >= 0  of the Lagrangian,

where only the coupling rows are dualized and X = {0 <= x_kM <= y_M <= 1, 0 <= z_k <= 1} is projected on exactly. So
any duals give a bound at once, whether converged or not (`lagrangian`). Steps are scaled by the share of the
product: its duals are of that order.

References
----------
Applegate et al. (2021), Practical large-scale linear programming using primal-dual hybrid gradient (PDLP).
Lu and Yang (2023), cuPDLP.jl: a GPU implementation of restarted PDHG.
Lu and Yang (2024), Restarted Halpern PDHG for linear programming.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from atoopt.stock.column_generation.halting import NEVER
from atoopt.stock.column_generation.master.lagrangian import Duals, arrays_of, flat_duals
from atoopt.stock.column_generation.master.lagrangian_kernel import split_dual, split_primal
from atoopt.stock.column_generation.master.pdhg_kernel import iterate
from atoopt.stock.column_generation.master.pdhg_step import Point
from atoopt.stock.column_generation.master.restricted_master import Primal, RestrictedMaster, in_time
from atoopt.stock.column_generation.relaxation import Relaxation


class PdhgParameters(NamedTuple):
    """How PDHG goes on; a named tuple, for compiled code reads it.

    Attributes
    ----------
    iterations : int
        Between two looks at the bound: a look costs as much as some iterations.
    restart_sufficient, restart_necessary, restart_artificial : float
        Restart where the fixed-point residual is at most the first share of what it was after the last restart, or
        at most the second and rising, or after this share of all iterations. The numbers of cuPDLP.jl.
    restart_least : int
        So many more iterations before a restart that nothing but length calls for: at the start, any share is short.
    weight_smoothing : float
        theta of PDLP: the logarithm of the primal weight goes this part of the way to that of the ratio of moves.
    weight_change : float
        The weight changes by at most this factor at a restart: a ratio after few iterations may be anything.
    weight_first, weight_least, weight_most : float
        The weight starts at, and stays within these: outside, one of the two solutions hardly moves.
    weight_least_move : float
        Squared moves up to this are rounding and change no weight.
    settled_residual : float
        A residual below this, twice in a row, ends the iterations: nothing moves any more.
    active_set_every : int
        Iterations between two choices of the pairs that take part: a choice costs about as much as one iteration of
        all pairs.
    active_loss : float
        Pairs take part that are used, or whose loss is at most this share of what an operation is worth; a module's
        all stay out where it is idle and its loss is above this share of its cost. They would stay at 0.
    module_limit_coefficient : float
        What counts as the coefficient of the row on the number of modules in the step sizes: of the order of a small
        product's rows.
    least_dual_size : float
        Keeps the step of a row without columns finite.
    """

    iterations: int = 300
    restart_sufficient: float = 0.2
    restart_necessary: float = 0.8
    restart_artificial: float = 0.36
    restart_least: int = 100
    weight_smoothing: float = 0.5
    weight_change: float = 2.0
    weight_first: float = 100.0
    weight_least: float = 1.0
    weight_most: float = 300.0
    weight_least_move: float = 1e-20
    settled_residual: float = 1e-13
    active_set_every: int = 25
    active_loss: float = 0.003
    module_limit_coefficient: float = 0.05
    least_dual_size: float = 1e-12


PDHG = PdhgParameters()


def first_duals(relaxation: Relaxation, parameters: PdhgParameters = PDHG) -> Duals:
    """Return duals to start from: half of what an operation saves is paid to its product's components."""
    rows = 0.5 * relaxation.by_row(np.maximum(relaxation.saving, 0.0))
    return Duals(rows, np.zeros(len(relaxation.limit_need)), 0.0, parameters.weight_first)


def run_pdhg(
    master: RestrictedMaster, duals: Duals, primal: Primal, iterations: int | None = None,
    parameters: PdhgParameters = PDHG, halt: NDArray[np.int8] = NEVER,
) -> tuple[Duals, Primal]:  # fmt: skip
    """Run so many iterations from these duals and this primal solution, or until halted; return where they end.

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.stock.column_generation.column_pool import ColumnPool
    >>> from atoopt.stock.column_generation.master.lagrangian import lagrangian
    >>> from atoopt.stock.column_generation.relaxation import relax
    >>> pool = ColumnPool(relax(atoopt.load("instances/stock/uniform-5.json")))
    >>> pool.add(range(32))
    26
    >>> master, nothing = pool.whole_master(), Primal(np.zeros(pool.n_pairs), np.zeros(26))
    >>> duals, _ = run_pdhg(master, first_duals(pool.relaxation), nothing, 1000)
    >>> round(lagrangian(master, duals).bound, 2)
    31.78
    """
    z, arrays = in_time(master, primal.pairs), arrays_of(master)
    point = Point(np.concatenate([primal.pairs, primal.modules, z]), flat_duals(master, duals))
    n = parameters.iterations if iterations is None else iterations
    weight = iterate(point, duals.primal_weight, n, arrays, parameters, halt)
    x, y, _ = split_primal.py_func(point.primal, arrays)
    rows, envelopes, copies, limits, mu = split_dual.py_func(point.dual, arrays)
    return Duals(rows, limits, float(mu[0]), weight, envelopes, copies), Primal(x, y)
