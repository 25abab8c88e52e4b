"""What is left to decide once some variants are surely built and others surely not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atoopt.diversity.inclusion import Floats, Inclusion, Ints, inclusion_of
from atoopt.diversity.instance import DiversityInstance


@dataclass(frozen=True, eq=False)
class Core:
    """The p-median problem among the free products, as savings against the variants that are built anyway.

    An order k that no chosen variant serves better costs D_k, by the nearest variant that is built anyway; the pair
    (k, j) saves s_kj = D_k - c_kj > 0 where j is chosen. The pair (k, k) is one of them.

    Attributes
    ----------
    n : int
        The number of products.
    opened, free : (n_products,) array of bool
        Variants built anyway, and those to choose among.
    budget : int
        How many free ones may be chosen: P less those that are built anyway; negative where there are too many.
    base : float
        sum_k D_k, the give-away if none is chosen.
    default : (n_products,) array
        D_k.
    order, variant : (n_pairs,) array of int
        k and j, of pairs that save, sorted by k.
    saving : (n_pairs,) array
        s_kj.
    """

    n: int
    opened: NDArray[np.bool_]
    free: NDArray[np.bool_]
    budget: int
    base: float
    default: Floats
    order: Ints
    variant: Ints
    saving: Floats

    def saved(self, chosen: NDArray[np.bool_]) -> float:
        """Return what a choice among the free products saves."""
        return float(self.best_savings(chosen).sum())

    def best_savings(self, chosen: NDArray[np.bool_]) -> Floats:
        """Return the greatest saving of each order among the chosen variants, shape (n_products,)."""
        best = np.zeros(self.n)
        if len(self.order):
            savings = np.where(chosen[self.variant], self.saving, 0.0)
            first = np.flatnonzero(np.diff(self.order, prepend=-1))
            best[self.order[first]] = np.maximum.reduceat(savings, first)
        return best

    def too_few(self) -> str:
        """Say why there is no choice of so few variants, where the budget is negative."""
        needed = int(self.opened.sum())
        return f"{needed} products are within no other, and each must be a variant: max_variants must be at least that"


def core_of(instance: DiversityInstance, most: int | None = None) -> Core:
    """Return the problem where only products within no other are built anyway.

    Parameters
    ----------
    instance : DiversityInstance
    most : int, optional
        P; by default the instance's.
    """
    pairs = inclusion_of(instance)
    return reduced(pairs, pairs.maximal, ~pairs.maximal, instance.most_variants if most is None else most)


def reduced(pairs: Inclusion, opened: NDArray[np.bool_], free: NDArray[np.bool_], most: int) -> Core:
    """Return the problem with these variants built, and these to choose among.

    A pair that is no nearer than a variant that is built anyway is of no use and left out.
    """
    n = len(opened)
    nearest = np.full(n, np.inf)
    sure = opened[pairs.variant]
    np.minimum.at(nearest, pairs.order[sure], pairs.cost[sure])
    nearest[opened] = 0.0
    own = np.flatnonzero(free)
    order, variant = np.concatenate([pairs.order, own]), np.concatenate([pairs.variant, own])
    saving = nearest[order] - np.concatenate([pairs.cost, np.zeros(len(own))])
    kept = np.flatnonzero(free[variant] & (saving > 0))
    kept = kept[np.argsort(order[kept], kind="stable")]
    budget = most - int(opened.sum())
    return Core(n, opened, free, budget, float(nearest.sum()), nearest, order[kept], variant[kept], saving[kept])
