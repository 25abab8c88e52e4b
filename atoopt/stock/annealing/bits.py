"""Random numbers, and sets as rows of 64-bit words, for the compiled code of this package.

A set is given as (rows, i): row i of an array, for slices are slower.
"""

from __future__ import annotations

import numpy as np

from atoopt.kernels.declare import inner

compiled = inner(_nrt=False)
"""Without numba's reference counts: nothing here allocates, and counting took nine tenths of the time."""

inlined = inner(_nrt=False, forceinline=True)
"""For small functions that inner loops call; larger ones stand once in the kernel, and calls are cheap there."""

ONE = np.uint64(1)


@inlined
def next_random(random):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return 64 random bits (xorshift128+), and advance the state, two words that are not both 0."""
    x, y = random[0], random[1]
    random[0] = y
    x ^= x << np.uint64(23)
    x ^= x >> np.uint64(17)
    x ^= y ^ (y >> np.uint64(26))
    random[1] = x
    return x + y


@inlined
def below(random, n):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return a random whole number of 0 to n - 1, n below 2^31."""
    return np.int64(((next_random(random) >> np.uint64(33)) * np.uint64(n)) >> np.uint64(31))


@inlined
def uniform(random):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return a random number above 0 and at most 1."""
    return (np.float64(next_random(random) >> np.uint64(11)) + 1.0) * 2.0**-53


@inlined
def n_bits(word):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return how many bits of a word are set."""
    word -= (word >> ONE) & np.uint64(0x5555555555555555)
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@inlined
def lowest(word):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return the position of the lowest set bit of a word that is not 0."""
    return n_bits((word & (~word + ONE)) - ONE)


@inlined
def cardinality(rows, i):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return how many elements a set has."""
    n = 0
    for w in range(rows.shape[1]):
        n += n_bits(rows[i, w])
    return n


@inlined
def inside(small, i, large, j):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return whether every element of one set is in the other."""
    for w in range(small.shape[1]):  # noqa: SIM110 -- a generator would not compile
        if small[i, w] & ~large[j, w]:
            return False
    return True


@inlined
def clear(rows, i):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Empty a set."""
    for w in range(rows.shape[1]):
        rows[i, w] = np.uint64(0)


@inlined
def copy(target, i, source, j):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Make one set equal to another."""
    for w in range(target.shape[1]):
        target[i, w] = source[j, w]


@inlined
def meet(target, i, other, j):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Keep of a set what is in another."""
    for w in range(target.shape[1]):
        target[i, w] &= other[j, w]


@inlined
def unite(target, i, other, j):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Add another set to a set."""
    for w in range(target.shape[1]):
        target[i, w] |= other[j, w]


@inlined
def remove(target, i, other, j):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Keep of a set what is not in another."""
    for w in range(target.shape[1]):
        target[i, w] &= ~other[j, w]


@inlined
def has(rows, i, position):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return whether a position is in the set."""
    return (rows[i, position >> 6] >> np.uint64(position & 63)) & ONE != 0


@inlined
def put(rows, i, position):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Add a position to the set."""
    rows[i, position >> 6] |= ONE << np.uint64(position & 63)


@inlined
def discard(rows, i, position):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Take a position out of the set."""
    rows[i, position >> 6] &= ~(ONE << np.uint64(position & 63))


@inlined
def first_of(rows, i):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return the first position of the set, -1 where it is empty."""
    for w in range(rows.shape[1]):
        if rows[i, w]:
            return 64 * w + lowest(rows[i, w])
    return -1


@compiled
def any_of(rows, i, random):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return a random position of the set, -1 where it is empty (nearly uniform: words weigh the same)."""
    words = rows.shape[1]
    first = below(random, words)
    for step in range(words):
        place = first + step if first + step < words else first + step - words
        word = rows[i, place]
        n = n_bits(word)
        if n:
            for _ in range(below(random, n)):
                word &= word - ONE
            return 64 * place + lowest(word)
    return -1
