"""The compiled part of `atoopt.stock.enumeration.enumerate`: walk through the stocks and keep count.

A stock is a number whose bit j says whether module j is held. What a product saves depends only on which
modules fit in it, so the *states* are sets of modules: those that still fit in what is left of a product.
The saving of a state is the best of leaving its first component single, and of each held module with that
component. Stocks are counted upwards: each step drops the modules of the low bits (their states take back
the values they had) and adds one. A module added to a stock can only raise savings, and only through the
options that lead to it. Sums are kept in integers, which do not drift.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from atoopt.kernels.declare import inner, kernel

Ints = NDArray[np.int64]

STOCKS, FEASIBLE, LEAST_SAVING, GREATEST_SAVING, BEST = range(5)
LEAST_COST, GREATEST_COST, LEAST_FEASIBLE = range(3)

BUCKETS = 4096
"""Parts of the range of savings that `promising_stocks` tells apart at once."""


class Tables(NamedTuple):
    """The states, and how they depend on the modules; state 0 is the empty one, smaller ones come first.

    Attributes
    ----------
    gain : (n_modules,) array
        Operations that a module saves, |M| - 1.
    weight : (n_states,) array
        Share of the demand whose products start in the state, fixed point.
    in_time : (n_states, n_savings) array
        Share of it that meets the delivery ratio's time, by saving.
    first_touch, touched : (n_modules + 1,) and (n_touches,) arrays
        The states ``touched[first_touch[j]:first_touch[j + 1]]`` change with module j.
    first_option : (n_touches + 1,) array
        The options of touch i through which the module acts, ``first_option[i]:first_option[i + 1]``.
    needs, saves, leaves : (n_options,) arrays
        The module that an option takes (n_modules for none), what this saves, and the state that it leaves.
    """

    gain: Ints
    weight: Ints
    in_time: Ints
    first_touch: Ints
    touched: Ints
    first_option: Ints
    needs: Ints
    saves: Ints
    leaves: Ints


class Terms(NamedTuple):
    """Cost = constant + per_join x joins + per_module x modules + per_operation x operations; and the limits.

    Operations are those `alone`, of single components, less what is saved: no large terms cancel where few are left.
    """

    constant: float
    per_join: float
    per_module: float
    per_operation: float
    alone: int
    min_saved: int
    min_in_time: int
    max_held: int


@kernel("enumeration")
def count_stocks(first, last, n_low, tables, terms):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Visit the stocks of chunks `first` to `last` (a chunk shares all but its `n_low` low bits).

    Returns
    -------
    whole : (n_modules + 1, 5) array of int64
        By number of modules held: stocks, feasible ones, least and greatest saving, cheapest feasible stock.
    real : (n_modules + 1, 3) array of float64
        Least and greatest cost, least cost of a feasible stock.
    """
    constant, per_join, per_module, per_operation, alone, min_saved, min_in_time, max_held = terms
    n = tables.gain.size
    whole = np.zeros((n + 1, 5), np.int64)
    whole[:, 2] = np.iinfo(np.int64).max
    whole[:, 3:] = -1
    real = np.full((n + 1, 3), np.inf)
    real[:, 1] = -np.inf
    seen = np.empty((1 << n_low, 4), np.int64)
    for chunk in range(first, last):
        _walk(chunk, n_low, tables, seen)
        for step in range(1 << n_low):
            total, prompt, joins, held = seen[step]
            cost = constant + per_join * joins + per_module * held + per_operation * (alone - total)
            whole[held, 0] += 1
            whole[held, 2] = min(whole[held, 2], total)
            whole[held, 3] = max(whole[held, 3], total)
            real[held, 0] = min(real[held, 0], cost)
            real[held, 1] = max(real[held, 1], cost)
            if total >= min_saved and prompt >= min_in_time and held <= max_held:
                whole[held, 1] += 1
                if cost < real[held, 2]:
                    real[held, 2] = cost
                    whole[held, 4] = (np.int64(chunk) << n_low) + step
    return whole, real


@kernel("enumeration")
def promising_stocks(first, last, n_low, tables, terms, most_saved):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Visit the stocks of some chunks, and leave out most of those that another one dominates.

    Savings, of at most `most_saved`, are sorted into buckets. A stock is dominated by any that is no dearer in a
    higher bucket, and compared with the cheapest in its own.

    Returns
    -------
    cost : (n,) array of float64
    saved : (n,) array of int64
        Mean operations saved, fixed point.
    stock : (n,) array of int64
        Bit j says whether module j is held. No feasible stock that is left out is undominated.
    """
    constant, per_join, per_module, per_operation, alone, min_saved, min_in_time, max_held = terms
    width = most_saved // BUCKETS + 1
    above = np.full(BUCKETS + 2, np.inf)  # least cost in this bucket or a higher one
    own = np.full((BUCKETS + 1, 2), np.inf)  # least cost in the bucket, and what that stock saves
    kept_cost = np.empty((last - first) << n_low)
    kept = np.empty(((last - first) << n_low, 2), np.int64)
    count = 0
    seen = np.empty((1 << n_low, 4), np.int64)
    for chunk in range(first, last):
        _walk(chunk, n_low, tables, seen)
        for step in range(1 << n_low):
            total, prompt, joins, held = seen[step]
            if total < min_saved or prompt < min_in_time or held > max_held:
                continue
            cost = constant + per_join * joins + per_module * held + per_operation * (alone - total)
            bucket = total // width
            if cost >= above[bucket + 1] or (cost >= own[bucket, 0] and total <= own[bucket, 1]):
                continue
            if cost < own[bucket, 0] or (cost == own[bucket, 0] and total > own[bucket, 1]):
                own[bucket, 0], own[bucket, 1] = cost, total
            while bucket >= 0 and above[bucket] > cost:
                above[bucket] = cost
                bucket -= 1
            kept_cost[count], kept[count, 0], kept[count, 1] = cost, total, (np.int64(chunk) << n_low) + step
            count += 1
    return kept_cost[:count].copy(), kept[:count, 0].copy(), kept[:count, 1].copy()


@inner
def _walk(chunk, n_low, tables, seen):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Write each stock of a chunk into a row: total saving, demand in time, joins, modules held."""
    # Plain arrays instead of fields: the compiler counts references at each use of a field.
    gain, weight, in_time, first_touch, touched, first_option, needs, saves, leaves = tables
    n = gain.size
    saved = np.zeros(weight.size, np.int64)
    old = np.zeros(touched.size, np.int64)
    # total saving, demand in time, joins: before module j was added, in row j
    sums = np.zeros((n, 3), np.int64)
    stock = np.int64(1) << n  # the bit of the option that needs no module
    total = joins = held = np.int64(0)
    prompt = in_time[:, 0].sum()
    start = np.int64(chunk) << n_low
    for step in range(1 << n_low):
        if step:
            low = 0
            while stock >> low & 1:  # drop the run of low bits, the last one added first
                for i in range(first_touch[low], first_touch[low + 1]):
                    saved[touched[i]] = old[i]
                stock ^= np.int64(1) << low
                held -= 1
                total, prompt, joins = sums[low, 0], sums[low, 1], sums[low, 2]
                low += 1
            add_from, add_to = low, low + 1
            start = np.int64(1) << low
        else:
            add_from, add_to = n_low, n
        for j in range(add_to - 1, add_from - 1, -1):
            if not start >> j & 1:
                continue
            sums[j, 0], sums[j, 1], sums[j, 2] = total, prompt, joins
            stock |= np.int64(1) << j
            held += 1
            joins += gain[j]
            for i in range(first_touch[j], first_touch[j + 1]):
                state = touched[i]
                before = saved[state]
                now = before
                for o in range(first_option[i], first_option[i + 1]):
                    now = max(now, (saves[o] + saved[leaves[o]]) * (stock >> needs[o] & 1))
                old[i] = before
                saved[state] = now
                total += weight[state] * (now - before)
                prompt += in_time[state, now] - in_time[state, before]
        seen[step, 0], seen[step, 1], seen[step, 2], seen[step, 3] = total, prompt, joins, held
