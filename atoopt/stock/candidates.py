"""Which modules may be held, and what a bound over them covers.

A module that fits in no product is never used and only costs; it is left out everywhere. Where the instance has
liaisons, a set stands for its connected parts, so that every candidate can be assembled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from atoopt.base.errors import InputError
from atoopt.kernels.declare import kernel
from atoopt.sets.bitsets import positions_of, subsets_of, to_words
from atoopt.sets.connected import connected_sets, n_connected_sets
from atoopt.stock.instance import StockInstance

MAX_SUBSETS = 200_000
"""The most sets of components that are listed one by one."""


@dataclass(frozen=True)
class Candidates:
    """Modules of two or more components that a method may hold.

    Attributes
    ----------
    masks : tuple of int
        The modules as bits, by size, then by components.
    complete : bool
        Whether they are all that the instance allows, so that a bound over them is a bound for it.
    description : str
        Which modules these are, for the user.
    """

    masks: tuple[int, ...]
    complete: bool
    description: str


def all_subsets(instance: StockInstance, max_size: int | None = None) -> Candidates:
    """Return every set of two or more components that fits in a product, of at most `max_size` components.

    Where the instance has liaisons, only the connected ones.

    Raises
    ------
    InputError
        There are more than `MAX_SUBSETS`: their number doubles with every component of a product.

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.stock.candidates import all_subsets
    >>> len(all_subsets(atoopt.load("instances/stock/uniform-5.json")).masks)
    26
    """
    count = n_subsets(instance, max_size)
    if count > MAX_SUBSETS:
        number = f"up to {count:,}" if instance.neighbors is None else f"over {MAX_SUBSETS:,} connected"
        problem = f"{number} sets of components are too many to list"
        raise InputError(problem, "use decomposition, which prices them, or fewer candidates", place="candidates")
    limit = instance.n_components if max_size is None else max_size
    if instance.neighbors is not None:
        found = set(connected_sets(instance.neighbors, maximal(instance.product_masks), sizes=(2, limit), most=count))
    else:
        found = _subsets(instance, limit)
    complete = limit >= int(instance.product_sizes.max()) and instance.candidate_masks is None
    text = "every set of components of a product"
    text += "" if instance.neighbors is None else " that liaisons connect"
    return Candidates(_sorted(found), complete, text if max_size is None else f"{text}, at most {max_size} components")


def _subsets(instance: StockInstance, limit: int) -> set[int]:
    """Return the sets of two or more components of a product, at most `limit` of them, by listing them all."""
    found: set[int] = set()
    for product in maximal(instance.product_masks):
        if limit >= product.bit_count():
            found.update(mask for mask in subsets_of(product) if mask & (mask - 1))
        else:
            bits = [1 << i for i in positions_of(product)]
            found.update(sum(chosen) for size in range(2, limit + 1) for chosen in combinations(bits, size))
    return found


def given(instance: StockInstance) -> Candidates:
    """Return the instance's own list, less the modules that fit in no product."""
    if instance.candidate_masks is None:
        raise InputError("is null", "list the candidates, or use every subset", place="candidate_modules")
    fitting = fitting_some(instance, sorted(instance.candidate_masks))
    return Candidates(_sorted(fitting), True, "the modules listed in the instance")


def fitting_some(instance: StockInstance, masks: Sequence[int]) -> list[int]:
    """Return those of some modules that fit in a product, in their order.

    >>> import atoopt
    >>> fitting_some(atoopt.load("instances/stock/uniform-5.json"), [0b11, 0b100001])
    [3]
    """
    outside = ~instance.product_words
    rows = to_words(masks, instance.n_components)
    return [mask for mask, row in zip(masks, rows, strict=True) if (~(row & outside).any(axis=1)).any()]


def closed_sets(instance: StockInstance, limit: int = 20_000) -> Candidates:
    """Return the intersections of products: the smallest one that contains a module fits where the module fits.

    At most about `limit` of them, those of the best sellers first.
    """
    closed: set[int] = set()
    for k in np.argsort(-instance.shares, kind="stable").tolist():
        product = instance.product_masks[k]
        closed.update([product & other for other in closed])
        closed.add(product)
        if len(closed) > limit:
            break
    return Candidates(_sorted(_connected(instance, closed)), False, "the intersections of products")


def closed_and_differences(instance: StockInstance, limit: int = 3_000) -> Candidates:
    """Return the closed sets and the differences of nested ones, the `limit` that can save most operations."""
    closed = closed_sets(instance, min(limit, 2_000)).masks  # pairs of them are looked at
    found = set(closed)
    found.update(large & ~small for large in closed for small in closed if small & ~large == 0)
    several = _connected(instance, found)
    saving = frequencies(instance, several) * np.array([mask.bit_count() - 1 for mask in several])
    most = np.argsort(-saving, kind="stable")[:limit].tolist()
    return Candidates(_sorted(several[i] for i in most), False, "the intersections of products and their differences")


def _connected(instance: StockInstance, masks: Iterable[int]) -> list[int]:
    """Return the parts that hang together of these sets, those of several components, each once."""
    parts = {part for mask in masks for part in instance.pieces(mask)}
    return [part for part in parts if part & (part - 1)]


def default_candidates(instance: StockInstance) -> Candidates:
    """Return the listed modules, or all subsets where their number allows, or else the closed sets and differences."""
    if instance.candidate_masks is not None:
        return given(instance)
    return all_subsets(instance) if few_subsets(instance, MAX_SUBSETS) else closed_and_differences(instance)


def named_candidates(instance: StockInstance, name: str | None) -> Candidates:
    """Return the candidates that a user asks for by name.

    Parameters
    ----------
    instance : StockInstance
    name : str or None
        ``subsets``, ``closed``, ``differences`` (closed sets and their differences), ``at-most-K`` (sets of up
        to K components), ``given`` (the instance's list); None for `default_candidates`. An instance with a
        list allows only its modules, whatever the name.

    Raises
    ------
    InputError
        No such name, or too many modules to list.

    Examples
    --------
    >>> import atoopt
    >>> pairs = named_candidates(atoopt.load("instances/stock/uniform-5.json"), "at-most-2")
    >>> len(pairs.masks), pairs.complete
    (10, False)
    """
    if name is None:
        return default_candidates(instance)
    at_most = re.fullmatch(r"at-most-([1-9]\d*)", name)
    if at_most:
        chosen = all_subsets(instance, int(at_most[1]))
    elif name in NAMED:
        chosen = NAMED[name](instance)
    else:
        remedy = f"choose one of {', '.join(NAMED)}, at-most-K"
        raise InputError(f'is "{name}"', remedy, place="candidates")
    allowed = instance.candidate_masks
    if allowed is None or name == "given":
        return chosen
    masks = tuple(mask for mask in chosen.masks if mask in allowed)
    complete = len(masks) == len(given(instance).masks)
    return Candidates(masks, complete, f"{chosen.description}, among the modules listed in the instance")


def n_subsets(instance: StockInstance, max_size: int | None = None) -> int:
    """Return an upper bound on the number of sets in `all_subsets`.

    With liaisons it is their number; one above `MAX_SUBSETS` if it is larger.
    """
    if instance.neighbors is not None:
        least_to_most = (2, instance.n_components if max_size is None else max_size)
        products = maximal(instance.product_masks)
        return n_connected_sets(instance.neighbors, products, sizes=least_to_most, most=MAX_SUBSETS + 1)
    sizes = [mask.bit_count() for mask in maximal(instance.product_masks)]
    if max_size is None:
        return sum(2**size for size in sizes)
    return sum(comb(size, taken) for size in sizes for taken in range(2, min(size, max_size) + 1))


def few_subsets(instance: StockInstance, most: int) -> bool:
    """Whether `n_subsets` is at most `most`: the largest product says so at once where it is far larger."""
    if instance.neighbors is None and 2 ** int(instance.product_sizes.max()) > most:
        return False
    return n_subsets(instance) <= most


def maximal(masks: Iterable[int]) -> list[int]:
    """Return the sets that are contained in no other, the largest first.

    >>> maximal([0b011, 0b001, 0b100])
    [3, 4]
    """
    ordered = sorted(set(masks), key=lambda mask: (-mask.bit_count(), mask))
    words = to_words(ordered, max((mask.bit_length() for mask in ordered), default=0))
    outside = ~words
    kept, larger = [], 0  # the first `larger` sets have more components than the present one
    for i, mask in enumerate(ordered):
        if mask.bit_count() < ordered[larger].bit_count():
            larger = i
        if not (~(words[i] & outside[:larger]).any(axis=1)).any():
            kept.append(mask)
    return kept


def frequencies(instance: StockInstance, masks: Sequence[int]) -> NDArray[np.float64]:
    """Return f(M) for each module, the share of the demand whose product contains it.

    >>> import atoopt
    >>> frequencies(atoopt.load("instances/stock/uniform-5.json"), [0b11]).round(4).tolist()
    [0.2581]
    """
    modules = to_words(masks, instance.n_components)
    return _frequencies(modules, instance.product_words, instance.shares)


@kernel("packing")
def _frequencies(modules, products, shares):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return f(M), the share of the demand whose product contains each module."""
    result = np.zeros(modules.shape[0])
    for m in range(modules.shape[0]):
        for k in range(products.shape[0]):
            inside = True
            for w in range(modules.shape[1]):
                if modules[m, w] & ~products[k, w]:
                    inside = False
                    break
            if inside:
                result[m] += shares[k]
    return result


def _sorted(masks: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(masks), key=lambda mask: (mask.bit_count(), mask)))


NAMED: dict[str, Callable[[StockInstance], Candidates]] = {
    "subsets": all_subsets,
    "closed": closed_sets,
    "differences": closed_and_differences,
    "given": given,
}
