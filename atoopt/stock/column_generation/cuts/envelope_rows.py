"""Envelope cuts as rows: what modules that share a component can save over many products at once.

Each product alone is served as well as the relaxation says. Over several products the relaxation is too good,
for each takes the fractions of modules that suit it. Of modules F that all contain one component, a product
uses at most one, so that with weights w_k >= 0 every stock H obeys

    sum_k w_k sum_{M in F} s_M x_kM <= sum_k w_k max {s_M : M in H, F, within P_k}
                                    <= intercept + sum_{M in F} slope_M y_M

if the plane on the right lies above the middle, a function of H intersect F, on all 2^|F| subsets: above its concave
envelope. `envelope_separation` finds such planes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from atoopt.stock.column_generation.ragged import entries_of, starts

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class EnvelopeCut:
    """One such cut.

    Attributes
    ----------
    modules : (n,) array of int
        F, as positions in the pool.
    slope : (n,) array
    products : (m,) array of int
    weight : (m,) array
        w_k, at most p_k.
    intercept : float
    """

    modules: Ints
    slope: Floats
    products: Ints
    weight: Floats
    intercept: float


class EnvelopeRows(NamedTuple):
    """Envelope cuts laid out over pairs and modules; a named tuple, for compiled code reads it.

    Attributes
    ----------
    pair_start : (pairs + 1,) array
        Pair e has the entries ``pair_start[e]:pair_start[e + 1]``.
    pair_cut, pair_coefficient : arrays
        The cut of each entry, and w_k s_M.
    module_start : (m + 1,) array
    module_cut, module_coefficient : arrays
        Likewise by module, with slope_M.
    intercept : (cuts,) array
    """

    pair_start: Ints
    pair_cut: Ints
    pair_coefficient: Floats
    module_start: Ints
    module_cut: Ints
    module_coefficient: Floats
    intercept: Floats

    def only(self, modules: Ints, pairs: Ints) -> EnvelopeRows:
        """Return the entries of these modules and pairs."""
        return EnvelopeRows(
            *_of_owners(self.pair_start, self.pair_cut, self.pair_coefficient, pairs),
            *_of_owners(self.module_start, self.module_cut, self.module_coefficient, modules), self.intercept,
        )  # fmt: skip


def envelope_rows(cuts: list[EnvelopeCut], size: Ints, start: Ints, product: Ints, n_products: int) -> EnvelopeRows:
    """Lay cuts out over modules of these sizes with the pairs ``start[j]:start[j + 1]``."""
    weight = np.zeros(n_products)
    pairs, of_pair, coefficients = [], [], []
    for c, cut in enumerate(cuts):
        weight[cut.products] = cut.weight
        first, pair = entries_of(start, cut.modules)
        saves = np.repeat(size[cut.modules] - 1.0, np.diff(first))
        coefficient = weight[product[pair]] * saves
        pairs.append(pair[coefficient > 0])
        coefficients.append(coefficient[coefficient > 0])
        of_pair.append(np.full(pairs[-1].size, c))
        weight[cut.products] = 0.0
    members = [cut.modules for cut in cuts]
    of_member = [np.full(cut.modules.size, c) for c, cut in enumerate(cuts)]
    return EnvelopeRows(
        *_by_owner(pairs, of_pair, coefficients, product.size),
        *_by_owner(members, of_member, [cut.slope for cut in cuts], size.size),
        np.array([cut.intercept for cut in cuts], dtype=np.float64),
    )  # fmt: skip


def _by_owner(owners: list[Ints], cuts: list[Ints], values: list[Floats], n: int) -> tuple[Ints, Ints, Floats]:
    """Order entries by owner; return where each of n owners' entries start, their cuts and coefficients."""
    if not owners:
        return np.zeros(n + 1, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)
    owner = np.concatenate(owners)
    order = np.argsort(owner, kind="stable")
    return starts(np.bincount(owner, minlength=n)), np.concatenate(cuts)[order], np.concatenate(values)[order]


def _of_owners(start: Ints, cut: Ints, value: Floats, owners: Ints) -> tuple[Ints, Ints, Floats]:
    """Return the entries of some owners, laid out alike."""
    first, entries = entries_of(start, owners)
    return first, cut[entries], value[entries]
