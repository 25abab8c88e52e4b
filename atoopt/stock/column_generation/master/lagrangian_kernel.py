"""What compiled code reads of a restricted master, and reduced profits at given duals.

All primal variables are in one array, in stretches of a kind: x per pair, y per module, z per copy. So are the dual
ones: u per row, v per envelope cut, omega per copy, lambda per limit, mu. In loops, for what numpy writes in a line
takes seconds to compile.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from atoopt.kernels.declare import inner, kernel
from atoopt.stock.column_generation.cuts.envelope_rows import EnvelopeRows
from atoopt.stock.column_generation.relaxation import Floats, Ints


class Columns(NamedTuple):
    """Of a `RestrictedMaster`, by the same names."""

    size: Ints
    cost: Floats
    fixed: Floats
    start: Ints
    product: Ints
    row_start: Ints
    row: Ints
    row_product: Ints


class Demand(NamedTuple):
    """Of a `Relaxation`, by the same names."""

    shares: Floats
    saving: Floats
    required: Floats
    limit_weight: Floats
    limit_need: Floats
    module_limit: float


class MasterArrays(NamedTuple):
    """A restricted master as compiled code has it."""

    columns: Columns
    envelopes: EnvelopeRows
    demand: Demand


@inner
def split_primal(primal, master):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return the stretches of x, y and z."""
    pairs = master.columns.product.size
    modules = pairs + master.columns.size.size
    return primal[:pairs], primal[pairs:modules], primal[modules:]


@inner
def split_dual(dual, master):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return the stretches of u, v, omega, lambda and, of length 1, mu."""
    rows = master.columns.row_product.size
    cuts = rows + master.envelopes.intercept.size
    copies = cuts + master.demand.required.size
    limits = copies + master.demand.limit_need.size
    return dual[:rows], dual[rows:cuts], dual[cuts:copies], dual[copies:limits], dual[limits:]


@kernel("ascent")
def reduced_profits(dual, master):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return each pair's and each module's reduced profit; a module's is that of pairs above 0 less what it pays."""
    u, v, _, _, mu = split_dual(dual, master)
    size, start, product = master.columns.size, master.columns.start, master.columns.product
    row_start, row, cost = master.columns.row_start, master.columns.row, master.columns.cost
    pair_start, pair_cut, pair_coefficient, module_start, module_cut, module_coefficient, _ = master.envelopes
    operation_value = np.empty(master.demand.shares.size)
    of_pair, of_module = np.empty(product.size), np.empty(size.size)
    set_operation_value(operation_value, dual, master)
    for j in range(of_module.size):
        of_module[j] = -module_payment(j, v, mu[0], cost, module_start, module_cut, module_coefficient)
        for e in range(start[j], start[j + 1]):
            saved = operation_value[product[e]] * (size[j] - 1)
            of_pair[e] = pair_profit(e, saved, u, v, row_start, row, pair_start, pair_cut, pair_coefficient)
            if of_pair[e] > 0:
                of_module[j] += of_pair[e]
    return of_pair, of_module


@inner
def set_operation_value(operation_value, dual, master):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Set rho_k, what one saved operation of each product is worth."""
    _, _, omega, limits, _ = split_dual(dual, master)
    saving, weight = master.demand.saving, master.demand.limit_weight
    for k in range(operation_value.size):
        operation_value[k] = saving[k]
        for r in range(limits.size):
            operation_value[k] += limits[r] * weight[r, k]
    for c in range(omega.size):
        operation_value[operation_value.size - omega.size + c] += omega[c]


@inner
def module_payment(j, v, mu, cost, module_start, module_cut, module_coefficient):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return what module j costs, with mu, less what envelope cuts grant it."""
    payment = cost[j] + mu
    for i in range(module_start[j], module_start[j + 1]):
        payment -= module_coefficient[i] * v[module_cut[i]]
    return payment


@inner
def pair_profit(e, saved, u, v, row_start, row, pair_start, pair_cut, pair_coefficient):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return what the operations saved by pair e are worth, less the duals of its rows and envelope cuts.

    Here and in `pdhg_step.project` the arrays come one by one, more than eight: each that is taken from a tuple in
    a short loop costs time.
    """
    for i in range(row_start[e], row_start[e + 1]):
        saved -= u[row[i]]
    for i in range(pair_start[e], pair_start[e + 1]):
        saved -= pair_coefficient[i] * v[pair_cut[i]]
    return saved
