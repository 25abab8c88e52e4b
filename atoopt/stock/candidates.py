"""Which modules may be held, and what a bound over them covers.

A module that fits in no product is never used and only costs; it is left out everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from atoopt.bitsets import positions_of, subsets_of
from atoopt.errors import InputError
from atoopt.stock.instance import StockInstance


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

    The number of sets doubles with every component of the largest product; see `n_subsets`.

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.stock.candidates import all_subsets
    >>> len(all_subsets(atoopt.load("instances/stock/uniform-5.json")).masks)
    26
    """
    found: set[int] = set()
    limit = instance.n_components if max_size is None else max_size
    for product in maximal(instance.product_masks):
        if limit >= product.bit_count():
            found.update(mask for mask in subsets_of(product) if mask & (mask - 1))
        else:
            bits = [1 << i for i in positions_of(product)]
            found.update(sum(chosen) for size in range(2, limit + 1) for chosen in combinations(bits, size))
    complete = limit >= int(instance.product_sizes.max()) and instance.candidate_masks is None
    text = "every set of components of a product"
    return Candidates(_sorted(found), complete, text if max_size is None else f"{text}, at most {max_size} components")


def given(instance: StockInstance) -> Candidates:
    """Return the instance's own list, less the modules that fit in no product."""
    if instance.candidate_masks is None:
        raise InputError("is null", "list the candidates, or use every subset", place="candidate_modules")
    products = maximal(instance.product_masks)
    fitting = {mask for mask in instance.candidate_masks if any(mask & ~product == 0 for product in products)}
    return Candidates(_sorted(fitting), True, "the modules listed in the instance")


def closed_sets(instance: StockInstance, limit: int = 20_000) -> Candidates:
    """Return the intersections of products: whatever a module gains, its closed set gains too, or more.

    (The smallest closed set that contains a module fits in the same products.) At most `limit` of them,
    those of the best sellers first.
    """
    order = sorted(range(instance.n_products), key=lambda k: -instance.shares[k])
    closed: set[int] = set()
    for k in order:
        product = instance.product_masks[k]
        closed.update({product & other for other in closed})
        closed.add(product)
        if len(closed) > limit:
            break
    several = {mask for mask in closed if mask.bit_count() > 1}
    return Candidates(_sorted(several), False, "the intersections of products")


def closed_and_differences(instance: StockInstance, limit: int = 3_000) -> Candidates:
    """Return the closed sets and the differences of nested ones, at most `limit`, those of most demand first."""
    closed = closed_sets(instance).masks
    found = set(closed)
    found.update(large & ~small for large in closed for small in closed if small != large and small & ~large == 0)
    several = [mask for mask in found if mask.bit_count() > 1]
    gain = frequencies(instance, several)
    several.sort(key=lambda mask: (-gain[mask] * (mask.bit_count() - 1), mask))
    return Candidates(_sorted(several[:limit]), False, "the intersections of products and their differences")


def default_candidates(instance: StockInstance, limit: int = 200_000) -> Candidates:
    """Return the listed modules, or all subsets where their number allows, or else the closed sets and differences."""
    if instance.candidate_masks is not None:
        return given(instance)
    return all_subsets(instance) if n_subsets(instance) <= limit else closed_and_differences(instance)


def n_subsets(instance: StockInstance) -> int:
    """Return an upper bound on the number of sets in `all_subsets`."""
    return sum(2 ** mask.bit_count() for mask in maximal(instance.product_masks))


def maximal(masks: Iterable[int]) -> list[int]:
    """Return the sets that are contained in no other.

    >>> maximal([0b011, 0b001, 0b100])
    [3, 4]
    """
    kept: list[int] = []
    for mask in sorted(set(masks), key=lambda mask: (-mask.bit_count(), mask)):
        if not any(mask & ~other == 0 for other in kept):
            kept.append(mask)
    return kept


def frequencies(instance: StockInstance, masks: Iterable[int]) -> dict[int, float]:
    """Return f(M), the share of the demand whose product contains the module."""
    shares = list(zip(instance.product_masks, instance.shares.tolist(), strict=True))
    return {mask: sum(share for product, share in shares if mask & ~product == 0) for mask in masks}


def _sorted(masks: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(masks), key=lambda mask: (mask.bit_count(), mask)))
