"""The tables that enumeration walks through: products' states, what modules do to them, cost and limits."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence, Sized
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from atoopt.base.errors import InputError
from atoopt.sets.bitsets import subsets_of
from atoopt.sets.connected import connected_sets
from atoopt.stock.cost import cost_equation, limits_of
from atoopt.stock.enumeration.enumerate_kernel import Tables, Terms
from atoopt.stock.instance import StockInstance

MAX_MODULES = 26
"""All sets of 2 to 5 components: q = 5, the largest case that the paper enumerates, 2^26 stocks."""

_LOW_BITS = 12  # stocks of a chunk: 2^12, few enough to start anew often, many enough to make that cheap
_CHUNKS = 64  # of a task: the run looks at its clock between tasks


def free_modules(instance: StockInstance) -> list[int]:
    """Return the modules of several components that may be held and fit in a product.

    Raises
    ------
    InputError
        There are more than `MAX_MODULES`.
    """
    listed = instance.candidate_masks
    if listed is not None:
        free = {mask for mask in listed if any(mask & ~product == 0 for product in instance.product_masks)}
    elif instance.neighbors is not None:
        free = set(connected_sets(instance.neighbors, instance.product_masks, most=MAX_MODULES + 1))
    else:
        free = set()
        for product in sorted(instance.product_masks, key=int.bit_count):
            free.update(mask for mask in _first_subsets(product) if mask & (mask - 1))
            if len(free) > MAX_MODULES:
                break
    if len(free) > MAX_MODULES:
        problem = f"enumeration takes at most {MAX_MODULES} candidate modules, and here are more"
        remedy = f"choose another method, such as milp, or list at most {MAX_MODULES} candidate_modules"
        raise InputError(problem, remedy, place="method")
    return sorted(free)


def _first_subsets(product: int) -> Iterator[int]:
    """Yield the subsets of a product, and of a large one only so many as to see that they are too many."""
    if product.bit_count() <= 5:
        return subsets_of(product)
    six = product
    while six.bit_count() > 6:
        six &= six - 1
    return subsets_of(six)


class States:
    """The tables of an instance: states found from the products down, modules ordered for a quick walk.

    Attributes
    ----------
    modules : tuple of int
        Bit j of a stock's number stands for the j-th of these sets of components.
    tables, terms : Tables, Terms
    scale : float
        Savings are whole multiples of its inverse.
    """

    def __init__(self, instance: StockInstance, free: list[int]) -> None:
        self.instance = instance
        # The modules in few products' states are added and dropped most often, so they take the low bits.
        products = instance.product_masks
        fits = {mask: sum(mask & ~other == 0 for other in {*free, *products}) for mask in free}
        self.modules = tuple(sorted(free, key=lambda mask: (fits[mask], mask)))
        self._options = self._explore()
        small_first = sorted(self._options, key=lambda state: (state.bit_count(), state))
        self._index = {state: r for r, state in enumerate(small_first)}
        most_saved = max(1, int(instance.product_sizes.max()))
        self.scale = float(instance.share_scale)
        self.tables = self._tables(most_saved)
        self.terms = self._terms()

    @property
    def most_saved(self) -> int:
        """At least what any stock saves, in units of ``1 / scale``."""
        return self._units_of_singles + 1

    @property
    def _units_of_singles(self) -> int:
        """Operations where only single components are held, in units of ``1 / scale``."""
        return int(self.instance.share_units @ np.maximum(self.instance.product_sizes - 1, 0))

    def _state_of(self, product: int) -> int:
        """Return the modules that fit in a product, as bits over `modules`."""
        return sum(1 << j for j, mask in enumerate(self.modules) if mask & ~product == 0)

    def _explore(self) -> dict[int, list[tuple[int, int]]]:
        """Return state -> its options: the module taken (their number for none) and the state left."""
        n = len(self.modules)
        conflicts = [sum(1 << j for j, other in enumerate(self.modules) if mask & other) for mask in self.modules]
        options: dict[int, list[tuple[int, int]]] = {0: []}
        waiting = [self._state_of(product) for product in self.instance.product_masks]
        while waiting:
            state = waiting.pop()
            if state in options:
                continue
            inside = [j for j in range(n) if state >> j & 1]
            first = min(self.modules[j] & -self.modules[j] for j in inside)
            with_first = [j for j in inside if self.modules[j] & first]
            skipped = state & ~sum(1 << j for j in with_first)
            options[state] = [(n, skipped), *((j, state & ~conflicts[j]) for j in with_first)]
            waiting += [left for _, left in options[state]]
        return options

    def _tables(self, most_saved: int) -> Tables:
        """Return the kernel's tables; a module acts on a state through the options that take or leave it."""
        gain = [mask.bit_count() - 1 for mask in self.modules]
        touched: list[list[int]] = []
        acting: list[list[tuple[int, int]]] = []
        for j in range(len(self.modules)):
            touched.append([r for state, r in self._index.items() if state >> j & 1])
            for state in self._index:
                if state >> j & 1:
                    acting.append([o for o in self._options[state] if o[0] == j or o[1] >> j & 1])
        flat = [option for options in acting for option in options]
        weight, in_time = self._demand(most_saved)
        return Tables(
            gain=_ints(gain), weight=weight, in_time=in_time,
            first_touch=_offsets(touched), touched=_ints([r for states in touched for r in states]),
            first_option=_offsets(acting), needs=_ints([j for j, _ in flat]),
            saves=_ints([[*gain, 0][j] for j, _ in flat]),
            leaves=_ints([self._index[left] for _, left in flat]),
        )  # fmt: skip

    def _demand(self, most_saved: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return per state the demand that starts there, and its part that is in time at each saving."""
        instance, ratio = self.instance, self.instance.delivery_ratio
        weight = np.zeros(len(self._index), dtype=np.int64)
        in_time = np.zeros((len(self._index), most_saved), dtype=np.int64)
        quick = 0 if ratio is None else int(limits_of(instance).latest)
        for product, units in zip(instance.product_masks, instance.share_units.tolist(), strict=True):
            r = self._index[self._state_of(product)]
            weight[r] += units
            needed = max(0, product.bit_count() - 1 - quick)
            in_time[r, needed:] += units
        return weight, in_time

    def _terms(self) -> Terms:
        """Return cost, and the limits of `evaluate`, in the kernel's terms."""
        cost, limits, alone = cost_equation(self.instance), limits_of(self.instance), self._units_of_singles
        most = limits.operations * self.scale
        min_saved = max(0, alone - math.floor(most)) if math.isfinite(most) else 0
        return Terms(
            cost.base, cost.per_join, cost.per_module, cost.per_operation / self.scale, alone, min_saved,
            math.ceil(max(0.0, limits.share) * self.scale), limits.room(len(self.modules)),
        )  # fmt: skip


def _offsets(rows: Sequence[Sized]) -> NDArray[np.int64]:
    """Return where each row starts when all are laid end to end, and the end."""
    return _ints([0, *accumulate(len(row) for row in rows)])


def _ints(values: Sequence[int]) -> NDArray[np.int64]:
    return np.array(values, dtype=np.int64)


def tasks_of(states: States) -> tuple[int, list[tuple[int, int]]]:
    """Return the low bits of a chunk, and the chunks of each task: between tasks a run looks at its clock."""
    n_low = min(_LOW_BITS, len(states.modules))
    chunks = 1 << (len(states.modules) - n_low)
    return n_low, [(first, min(first + _CHUNKS, chunks)) for first in range(0, chunks, _CHUNKS)]
