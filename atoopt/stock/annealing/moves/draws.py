"""What operators draw: a product, and what it shares with others."""

from __future__ import annotations

from atoopt.stock.annealing.bits import any_of, below, cardinality, compiled, copy, meet, remove

DRAFT, FRESH = 2, 3
"""The rows of ``new`` where sets are put together."""


@compiled
def drawn(data, random):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return a product, drawn mostly by the operations that it needs."""
    return data.draw[below(random, data.draw.size)]


@compiled
def remove_modules(held, built, move, row, k, kept):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Take from a row of ``new`` what modules of product k cover, all but slot `kept`."""
    for u in range(built.n_used[k]):
        if built.used[k, u] != kept:
            remove(move.new, row, held.module, built.used[k, u])


@compiled
def narrow(data, held, built, move, random):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Intersect ``new[0]`` with other products or their uncovered rests, as long as two components are left.

    The other products are drawn by demand, or among those that contain one component of ``new[0]``.
    """
    for _ in range(4):
        other = drawn(data, random)
        if below(random, 2):
            c = any_of(move.new, 0, random)
            if c >= 0:
                other = any_of(data.with_component, c, random)
        copy(move.new, DRAFT, move.new, 0)
        meet(move.new, DRAFT, data.products, other)
        if below(random, 3) == 0:
            remove_modules(held, built, move, DRAFT, other, -1)
        if cardinality(move.new, DRAFT) > 1:
            copy(move.new, 0, move.new, DRAFT)
            if below(random, 2) == 0:
                break
