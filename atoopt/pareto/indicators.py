"""How good a front is, in one number, by moocore: hypervolume, additive epsilon, IGD+; maximized columns are turned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from atoopt.base.errors import InputError

if TYPE_CHECKING:
    from atoopt.pareto.front import Front

Floats = NDArray[np.float64]

OUTWARD = 0.1
"""The default reference point lies beyond the nadir by this share of each range, so that both ends count."""


def default_reference(front: Front) -> tuple[float, float]:
    """Return the worst values of the front's points, moved outward by a tenth of each range (by 1 where that is 0).

    >>> from atoopt.pareto import Front
    >>> default_reference(Front(("cost", "time"), np.array([[0.0, 10.0], [5.0, 0.0]]), True))
    (5.5, 11.0)
    """
    values = _some(front)
    worst, span = values.max(axis=0), np.ptp(values, axis=0)
    first, second = (front.signs * (worst + np.where(span > 0, OUTWARD * span, 1.0))).tolist()
    return first, second


def hypervolume(front: Front, reference: ArrayLike) -> float:
    """Return the area that the points dominate within a reference point.

    Parameters
    ----------
    front : Front
    reference : (2,) array
        In the objectives' own senses; points that are not better than it in both do not count.

    Returns
    -------
    float
        In the product of the objectives' units; the larger the better. Only comparable for one reference.

    Examples
    --------
    >>> from atoopt.pareto import Front
    >>> hypervolume(Front(("cost", "time"), np.array([[1.0, 3.0], [2.0, 0.0]]), True), (4.0, 4.0))
    9.0
    """
    import moocore

    return float(moocore.hypervolume(_some(front), ref=np.asarray(reference, dtype=np.float64) * front.signs))


def additive_epsilon(front: Front, reference: Front, *, normalize: bool = False) -> float:
    """Return by how much the front must be moved, in every objective, to be as good as the reference everywhere.

    min e such that each reference point r has a point p with p_k - e <= r_k for both k (Zitzler et al. 2003).

    Parameters
    ----------
    front, reference : Front
        Of the same objectives in the same senses.
    normalize : bool
        Measure each objective as a share of its range in the reference, which makes units comparable.

    Raises
    ------
    InputError
        One front is empty, or they differ in their objectives.

    Examples
    --------
    >>> from atoopt.pareto import Front
    >>> exact = Front(("cost", "time"), np.array([[1.0, 3.0], [2.0, 0.0]]), True)
    >>> additive_epsilon(Front(("cost", "time"), np.array([[1.5, 3.0], [2.0, 0.5]]), False), exact)
    0.5
    """
    import moocore

    return float(moocore.epsilon_additive(*_pair(front, reference, normalize)))


def igd_plus(front: Front, reference: Front, *, normalize: bool = False) -> float:
    """Return the mean distance from the reference's points to the part that the front dominates.

    The modified inverted generational distance of Ishibuchi et al. (2015): a better point is no distance away.
    Parameters and errors as in `additive_epsilon`.

    Examples
    --------
    >>> from atoopt.pareto import Front
    >>> exact = Front(("cost", "time"), np.array([[1.0, 3.0], [2.0, 0.0]]), True)
    >>> igd_plus(Front(("cost", "time"), np.array([[1.0, 4.0], [2.0, 0.0]]), False), exact)
    0.5
    """
    import moocore

    return float(moocore.igd_plus(*_pair(front, reference, normalize)))


def _some(front: Front) -> Floats:
    """Return the points to be minimized; an empty front has no indicator."""
    if not len(front):
        raise InputError("the front has no points", "give a front with points", place="front")
    return front.minimized


def _pair(front: Front, reference: Front, normalize: bool) -> tuple[Floats, Floats]:
    if (front.objectives, front.senses) != (reference.objectives, reference.senses):
        raise InputError("has other objectives", "compare fronts of the same objectives and senses", place="reference")
    points, wanted = _some(front), _some(reference)
    span = np.ptp(wanted, axis=0) if normalize else np.ones(2)
    span = np.where(span > 0, span, 1.0)
    return points / span, wanted / span
