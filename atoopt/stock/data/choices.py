"""How customers choose options: segments with their own preferences, families of exclusive options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atoopt.base.errors import InputError

Floats = NDArray[np.float64]
Rng = np.random.Generator

MAX_ROUNDS = 200
"""Draws of `sample_sets`, a batch each, before it gives up finding new products."""


@dataclass(frozen=True)
class Market:
    """The chance of each option in each customer segment.

    Attributes
    ----------
    segments : (n_segments,) array
        The share of the customers in each segment, sum 1.
    chances : (n_segments, n_options) array
        The chance that a customer of the segment takes the option.
    families : tuple of tuple of int
        The options, each in one family; a customer takes at most one option of a family.
    """

    segments: Floats
    chances: Floats
    families: tuple[tuple[int, ...], ...]

    @classmethod
    def independent(cls, chances: Floats) -> Market:
        """Return one segment that takes each option independently of the others."""
        return cls(np.ones(1), chances[None, :], tuple((i,) for i in range(chances.size)))

    @classmethod
    def of_cars(
        cls,
        n_options: int,
        mean_size: float,
        n_trims: int,
        family_share: float,
        rng: Rng,
        *,
        spread: float = 2.5,
    ) -> Market:
        """Return trim levels with skewed take rates, and families of two to four options.

        The logarithm of an option's odds has the standard deviation `spread` between trim levels.
        """
        rates = rng.beta(0.8, 4.0, n_options)
        rates = np.clip(rates * mean_size / rates.sum(), 0.01, 0.9)
        families, first = [], 0
        in_families = round(family_share * n_options)
        while first < n_options:
            size = min(int(rng.integers(2, 5)), in_families - first) if first < in_families else 1
            families.append(tuple(range(first, first + size)))
            first += size
        segments = _segments(n_trims, rng)
        odds = rates / (1 - rates) * np.exp(spread * rng.standard_normal((n_trims, n_options)))
        chances = odds / (1 + odds)
        chances = np.minimum(chances * rates / (segments @ chances), 0.97)
        return cls(segments, _at_most_one(chances, families), tuple(families))

    @classmethod
    def of_families(
        cls,
        variants: Sequence[Sequence[str]],
        optional: Sequence[bool],
        n_segments: int,
        rng: Rng,
        *,
        spread: float = 1.2,
    ) -> Market:
        """Return segments that take one variant of each family, or perhaps none of an optional one.

        The logarithms of the preferences have the standard deviation `spread`.
        """
        families, parts, first = [], [], 0
        for values, may_miss in zip(variants, optional, strict=True):
            weights = np.exp(spread * rng.standard_normal((n_segments, len(values) + may_miss)))
            if may_miss:  # none at all is as likely as all variants together
                weights[:, -1] *= len(values)
            parts.append((weights / weights.sum(axis=1, keepdims=True))[:, : len(values)])
            families.append(tuple(range(first, first + len(values))))
            first += len(values)
        return cls(_segments(n_segments, rng), np.hstack(parts), tuple(families))

    @property
    def n_options(self) -> int:
        """The number of options."""
        return self.chances.shape[1]

    def names(self, letter: str) -> list[str]:
        """Return a name for each option: families are numbered, and the options of one share its number."""
        width = len(str(len(self.families)))
        named = {}
        for number, family in enumerate(self.families, 1):
            for place, i in enumerate(family):
                named[i] = f"{letter}{number:0{width}}" + (chr(ord("a") + place) if len(family) > 1 else "")
        return [named[i] for i in range(self.n_options)]

    def draw(self, n: int, rng: Rng) -> NDArray[np.bool_]:
        """Return n customers' choices, shape (n, n_options)."""
        segment = np.searchsorted(np.cumsum(self.segments)[:-1], rng.random(n), side="right")
        chosen = np.zeros((n, self.n_options), dtype=bool)
        for family in self.families:
            upto = np.cumsum(self.chances[:, list(family)], axis=1)[segment]
            taken = (rng.random((n, 1)) >= upto).sum(axis=1)
            some = np.flatnonzero(taken < len(family))
            chosen[some, np.array(family)[taken[some]]] = True
        return chosen

    def with_each_option(self, rng: Rng) -> NDArray[np.bool_]:
        """Return one customer's choice for each option, who takes it; shape (n_options, n_options)."""
        chosen = self.draw(self.n_options, rng)
        for family in self.families:
            for i in family:
                chosen[i, list(family)] = False
                chosen[i, i] = True
        return chosen


def sample_sets(market: Market, n_products: int, rng: Rng) -> list[int]:
    """Return distinct non-empty sets of options as bits, those that most customers chose first.

    Every option is in some set where there are at least as many sets as options.

    Raises
    ------
    InputError
        The customers do not choose so many different products.
    """
    if n_products < 1:
        raise InputError(f"is {n_products}", "give at least 1", place="n_products")
    counts = dict.fromkeys(_as_bits(market.with_each_option(rng)), 0)
    for _ in range(MAX_ROUNDS):
        for mask in _as_bits(market.draw(4 * n_products + 100, rng)):
            counts[mask] = counts.get(mask, 0) + 1
        counts.pop(0, None)
        if len(counts) >= n_products:
            break
    else:
        problem = f"is {n_products}, and {len(counts)} different products were found"
        raise InputError(problem, "ask for fewer products", place="n_products")
    ranked = sorted(counts, key=lambda mask: (-counts[mask], mask))
    cover, missing = [], (1 << market.n_options) - 1
    for mask in ranked:
        if mask & missing:
            cover.append(mask)
            missing &= ~mask
    # the sort is stable: the best sellers follow the sets that are needed to have every option
    wanted = sorted(ranked, key=lambda mask: mask not in cover) if len(cover) <= n_products else ranked
    chosen = set(wanted[:n_products])
    return [mask for mask in ranked if mask in chosen]


def _as_bits(chosen: NDArray[np.bool_]) -> list[int]:
    packed = np.packbits(chosen, axis=1, bitorder="little")
    return [int.from_bytes(row.tobytes(), "little") for row in packed]


def _segments(n: int, rng: Rng) -> Floats:
    return np.asarray(rng.dirichlet(np.full(n, 4.0)))


def _at_most_one(chances: Floats, families: Sequence[tuple[int, ...]]) -> Floats:
    """Scale the chances of a family down where they sum to more than 0.95."""
    scaled = chances.copy()
    for family in families:
        total = chances[:, list(family)].sum(axis=1, keepdims=True)
        scaled[:, list(family)] *= np.minimum(1.0, 0.95 / total)
    return scaled
