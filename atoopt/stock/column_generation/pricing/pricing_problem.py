"""The pricing problem: which modules have a positive reduced profit at given duals, over all sets of components.

The reduced profit of a module m is

    sum over the products k that contain m of max(0, value_k)  -  cost(m),
    value_k = sum_{i in m} gain_ki - rho_k - sum of w_c over k's clique cuts c of which m contains a set,

with rho_k what an operation is worth, gain_ki = rho_k - u_ki, and w >= 0 the duals of the cuts.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from atoopt.stock.column_generation.column_pool import ColumnPool
from atoopt.stock.column_generation.cuts.clique_cuts import Words
from atoopt.stock.column_generation.master.lagrangian import Duals
from atoopt.stock.column_generation.ragged import entries_of, starts
from atoopt.stock.column_generation.relaxation import NO_LIAISONS, Flags, Floats, Ints


class Charges(NamedTuple):
    """What cuts charge: in product k a module pays for each of the cuts ``first[k]:first[k + 1]`` that counts it.

    Cut c, of price ``dual[c]``, counts a module that contains one of the `sets` ``start[c]:start[c + 1]``; set i is
    one of ``cut[i]``. Those of product k that have component c are ``having[at[k, c]:at[k, c + 1]]``.
    """

    first: Ints
    start: Ints
    sets: Words
    dual: Floats
    cut: Ints
    at: Ints
    having: Ints


class PricingProblem(NamedTuple):
    """The data above for n products and q components; a named tuple, for compiled code reads it.

    Attributes
    ----------
    has : (n, q) array of bool
        Which product has which component.
    gain : (n, q) array
        Its entries outside `has` are not read.
    operation_value : (n,) array
        rho_k.
    fixed_cost, component_cost : float
        Of a module: what it costs at all, and per component (at least 0).
    liaisons : (q, q) array of bool
        Which components have a liaison: only modules that are connected by them; all where it is `NO_LIAISONS`.
    charges : Charges
    """

    has: Flags
    gain: Floats
    operation_value: Floats
    fixed_cost: float
    component_cost: float
    liaisons: Flags
    charges: Charges


def pricing_problem(pool: ColumnPool, duals: Duals) -> PricingProblem:
    """Return the pricing problem at these duals."""
    relaxation = pool.relaxation
    gain, value = np.zeros(relaxation.has.shape), relaxation.operation_value(duals.limits, duals.copies)
    gain[relaxation.has] = relaxation.by_row(value) - duals.rows[: relaxation.n_rows]
    fixed_cost = relaxation.fixed_cost + duals.module_limit
    return PricingProblem(
        relaxation.has, gain, value, fixed_cost, relaxation.component_cost, relaxation.liaisons,
        _charges(pool, duals),
    )  # fmt: skip


def plain_problem(
    has: Flags, gain: Floats, operation_value: Floats, cost: tuple[float, float], liaisons: Flags = NO_LIAISONS,
    charges: Charges | None = None,
) -> PricingProblem:  # fmt: skip
    """Return a pricing problem from its data, by default without cuts and liaisons."""
    charges = no_charges(*has.shape) if charges is None else charges
    return PricingProblem(has, gain, operation_value, *cost, liaisons, charges)


def charges_of(first: Ints, start: Ints, sets: NDArray[np.uint64], dual: Floats, q: int) -> Charges:
    """Return what cuts of these sets and duals charge; they are ordered by product, of q components."""
    cut = np.repeat(np.arange(dual.size), np.diff(start))
    product = np.repeat(np.arange(first.size - 1), np.diff(first))[cut]
    has = np.unpackbits(sets.view(np.uint8), axis=1, bitorder="little")[:, :q] if sets.size else np.zeros((0, q))
    having, component = np.nonzero(has)
    place = product[having] * (q + 1) + component
    order = np.argsort(place, kind="stable")
    at = starts(np.bincount(place, minlength=(first.size - 1) * (q + 1)))[:-1].reshape(-1, q + 1)
    return Charges(first, start, sets, dual, cut, at, having[order])


def no_charges(n: int, q: int) -> Charges:
    """Return that none of n products of q components has a cut."""
    none = np.zeros(0, dtype=np.int64)
    return charges_of(np.zeros(n + 1, dtype=np.int64), starts(none), np.zeros((0, 1), np.uint64), np.zeros(0), q)


def _charges(pool: ColumnPool, duals: Duals) -> Charges:
    """Return the cuts that have a dual above 0."""
    cuts, n = pool.cliques, pool.relaxation.n_rows
    dual = np.zeros(cuts.n_cuts)
    known = min(cuts.n_cuts, duals.rows.size - n)
    dual[:known] = duals.rows[n : n + known]
    dual = dual[cuts.place]
    paid = dual > 0
    first = starts(paid)[cuts.first]
    start, kept = entries_of(cuts.start, np.flatnonzero(paid))
    return charges_of(first, start, cuts.sets[kept], dual[paid], pool.relaxation.has.shape[1])
