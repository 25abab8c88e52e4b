"""Sets of components as bits, of any width.

Python code holds a set as one ``int`` (bit i is component i), which has no limit on the number of
components. Compiled code holds n sets as an (n, words) array of ``uint64``, 64 components a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]


def mask_of(positions: Iterable[int]) -> int:
    """Return the set of these positions.

    >>> mask_of([0, 2])
    5
    """
    mask = 0
    for position in positions:
        mask |= 1 << position
    return mask


def positions_of(mask: int) -> list[int]:
    """Return the positions in a set, ascending.

    >>> positions_of(5)
    [0, 2]
    """
    positions = []
    while mask:
        low = mask & -mask
        positions.append(low.bit_length() - 1)
        mask ^= low
    return positions


def subsets_of(mask: int) -> Iterator[int]:
    """Yield every non-empty subset, the set itself first.

    >>> list(subsets_of(0b101))
    [5, 4, 1]
    """
    subset = mask
    while subset:
        yield subset
        subset = (subset - 1) & mask


def n_words(n_components: int) -> int:
    """Return how many 64-bit words a set of components needs (at least one)."""
    return max(1, -(-n_components // 64))


def to_words(masks: Sequence[int], n_components: int) -> Words:
    """Return the sets as an array of shape (len(masks), words).

    >>> to_words([1, 1 << 64], 65).tolist()
    [[1, 0], [0, 1]]
    """
    words = n_words(n_components)
    raw = b"".join(mask.to_bytes(8 * words, "little") for mask in masks)
    return np.frombuffer(raw, dtype="<u8").astype(np.uint64).reshape(len(masks), words)


def from_words(words: Words) -> list[int]:
    """Return the sets of an (n, words) array as Python integers; the inverse of `to_words`."""
    rows = np.ascontiguousarray(words, dtype="<u8")
    return [int.from_bytes(row.tobytes(), "little") for row in rows]
