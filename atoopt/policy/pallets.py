"""EPQ_i: how many pieces of a part stand on a pallet, from the shape of the sheet (the paper's equation (5)).

[.] is read as the integer part, and the pieces per pallet as pieces per layer times layers (*inferred*: the
paper prints no formula for the layers). Lengths are taken as the decimals that the file gives, so that
1200 / (399.9 + 0.1) is 3 whatever binary arithmetic makes of it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from atoopt.base.errors import InputError
from atoopt.base.frozen import Frozen, Positive


class Pallet(Frozen):
    """The base that parts are stacked on; the Euro-pallet by default.

    Attributes
    ----------
    length_mm, width_mm : float
    usable_height_mm : float, optional
        Only needed for parts that give the height of a layer instead of the number of layers.
    """

    length_mm: Positive = 1200.0
    width_mm: Positive = 800.0
    usable_height_mm: Positive | None = None


class Geometry(Frozen):
    """The shape of a sheet metal part.

    Attributes
    ----------
    shape : {"U", "L", "I"}
        U and L lie nested in pairs, I lies flat.
    long_side_mm, short_side_mm, thickness_mm : float
        A1_i >= A2_i, T_i.
    layers : int, optional
        EPHQ_i, layers on a pallet.
    layer_height_mm : float, optional
        Instead of `layers`: as many as fit in the pallet's usable height (*inferred*).
    turned : bool
        Also try the flat part turned by 90 degrees, which the paper's formula does not.
    """

    shape: Literal["U", "L", "I"]
    long_side_mm: Positive
    short_side_mm: Positive
    thickness_mm: Positive
    layers: Annotated[int, Field(strict=True, ge=1, le=10**9)] | None = None
    layer_height_mm: Positive | None = None
    turned: Annotated[bool, Field(strict=True)] = False


def pieces_per_pallet(geometry: Geometry, pallet: Pallet | None = None) -> int:
    """Return EPQ_i = EPBQ_i * EPHQ_i, pieces per layer times layers.

    Raises
    ------
    InputError
        The sheet does not fit the pallet, or the data contradict each other; the place is the key.

    Examples
    --------
    >>> pieces_per_pallet(Geometry(shape="U", long_side_mm=390, short_side_mm=190, thickness_mm=10, layers=4))
    48
    """
    pallet = pallet or Pallet()
    if geometry.long_side_mm < geometry.short_side_mm:
        problem = f"is below short_side_mm {geometry.short_side_mm:g}"
        raise InputError(problem, "swap the two sides", place="long_side_mm")
    layer, layers = pieces_per_layer(geometry, pallet), layers_on(geometry, pallet)
    if layer == 0:
        raise InputError(
            f"the sheet {geometry.long_side_mm:g} x {geometry.short_side_mm:g} mm (thickness "
            f"{geometry.thickness_mm:g}, shape {geometry.shape}) does not fit the pallet "
            f"{pallet.length_mm:g} x {pallet.width_mm:g} mm",
            'give pieces_per_pallet, or a larger "pallet"',
        )
    return layer * layers


def pieces_per_layer(geometry: Geometry, pallet: Pallet) -> int:
    """Return EPBQ_i, equation (5); 0 where the sheet does not fit.

    ==========  ============================================================================
    U in pairs  max{ [1200/(A2+T)] * [800/(A1+T)],  [1200/(A1+T)] * [800/(A2+T)] }
    L in pairs  max{ [1200/(A2+T)] * [800/A1],      [1200/A1] * [800/(A2+T)] }
    I flat      [1200/A1] * [800/A2]                (``turned``: also [1200/A2] * [800/A1])
    ==========  ============================================================================
    """
    a1, a2, t = map(_exact, (geometry.long_side_mm, geometry.short_side_mm, geometry.thickness_mm))
    length, width = _exact(pallet.length_mm), _exact(pallet.width_mm)
    long, short = {"U": (a1 + t, a2 + t), "L": (a1, a2 + t), "I": (a1, a2)}[geometry.shape]
    along = int(length / long) * int(width / short)
    across = int(length / short) * int(width / long)
    return along if geometry.shape == "I" and not geometry.turned else max(along, across)


def layers_on(geometry: Geometry, pallet: Pallet) -> int:
    """Return EPHQ_i: as given, or [usable height / height of a layer]."""
    if (geometry.layers is None) == (geometry.layer_height_mm is None):
        given = "is missing" if geometry.layers is None else "stands beside layer_height_mm"
        raise InputError(given, "give either layers or layer_height_mm", place="layers")
    if geometry.layers is not None:
        return geometry.layers
    if pallet.usable_height_mm is None:
        remedy = 'give "pallet": {"usable_height_mm": ..}'
        raise InputError("needs the pallet's height", remedy, place="layer_height_mm")
    assert geometry.layer_height_mm is not None
    layers = int(_exact(pallet.usable_height_mm) / _exact(geometry.layer_height_mm))
    if layers == 0:
        problem = f"is above the pallet's usable height {pallet.usable_height_mm:g}"
        raise InputError(problem, "give a lower layer or a larger usable height", place="layer_height_mm")
    return layers


def _exact(length: float) -> Fraction:
    return Fraction(repr(float(length)))
