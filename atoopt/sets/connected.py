"""Connected sets of vertices of an undirected graph, as bits: the parts of a set, and all connected sets there are.

A graph is its neighbors: per vertex, the set of those that it has an edge with.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from atoopt.sets.bitsets import Words, from_words, mask_of, n_words, to_words


def neighbors_of(edges: Iterable[tuple[int, int]], n_vertices: int) -> tuple[int, ...]:
    """Return the neighbors of each vertex, given edges between vertices 0 to n_vertices - 1.

    >>> neighbors_of([(0, 1), (1, 2)], 4)
    (2, 5, 2, 0)
    """
    neighbors = [0] * n_vertices
    for one, other in edges:
        neighbors[one] |= 1 << other
        neighbors[other] |= 1 << one
    return tuple(neighbors)


def pieces(mask: int, neighbors: Sequence[int]) -> list[int]:
    """Return the connected parts of a set, by their first vertex; one part if the set is connected.

    >>> path = neighbors_of([(0, 1), (1, 2), (2, 3)], 4)
    >>> pieces(0b1111, path), pieces(0b1011, path)
    ([15], [3, 8])
    """
    parts = []
    while mask:
        part, fresh = 0, mask & -mask
        while fresh:
            vertex = fresh & -fresh
            part |= vertex
            fresh = (fresh | neighbors[vertex.bit_length() - 1]) & mask & ~part
        parts.append(part)
        mask &= ~part
    return parts


def connected_sets(
    neighbors: Sequence[int], within: Iterable[int] | None = None, *, sizes: tuple[int, int] | None = None, most: int
) -> list[int]:
    """Return every connected set of vertices once, without looking at any other set.

    Parameters
    ----------
    neighbors : sequence of int
    within : iterable of int, optional
        Only sets that are contained in one of these; by default, all.
    sizes : (int, int), optional
        The least and the greatest number of vertices; by default 2 to all.
    most : int
        Stop after this number of sets: of a longer list, these are only some.

    Returns
    -------
    list of int
        In no order that means anything.

    Examples
    --------
    >>> star = neighbors_of([(0, 1), (0, 2), (0, 3)], 4)
    >>> sorted(connected_sets(star, within=[0b0111], most=10))
    [3, 5, 7]
    >>> len(connected_sets(star, sizes=(3, 4), most=10))
    4
    """
    words, _ = _search(neighbors, within, sizes, most, keep=True)
    return from_words(words)


def n_connected_sets(
    neighbors: Sequence[int], within: Iterable[int] | None = None, *, sizes: tuple[int, int] | None = None, most: int
) -> int:
    """Count the sets of `connected_sets`, without keeping them, up to `most`.

    >>> path = neighbors_of([(i, i + 1) for i in range(99)], 100)
    >>> n_connected_sets(path, most=10**6), n_connected_sets(path, most=7)
    (4950, 7)
    """
    return _search(neighbors, within, sizes, most, keep=False)[1]


def _search(
    neighbors: Sequence[int], within: Iterable[int] | None, sizes: tuple[int, int] | None, most: int, keep: bool
) -> tuple[Words, int]:
    """Call the kernel, which reads sets as words."""
    from atoopt.sets.connected_kernel import search

    n = len(neighbors)
    around = [(1 << n) - 1] if within is None else sorted(set(within))
    columns = [mask_of(k for k, whole in enumerate(around) if whole >> i & 1) for i in range(n)]
    least, greatest = (2, n) if sizes is None else sizes
    containing = to_words(columns, max(1, len(around))).reshape(n, n_words(len(around)))
    return search(to_words(neighbors, n).reshape(n, n_words(n)), containing, least, greatest, most, keep)
