"""Pieces per pallet against examples worked by hand from equation (5)."""

from __future__ import annotations

import pytest

from atoopt.base.errors import InputError
from atoopt.policy import Geometry, Pallet
from atoopt.policy.pallets import pieces_per_layer, pieces_per_pallet

EURO = Pallet()


def sheet(shape: str, long: float, short: float, thickness: float = 2, **keys: object) -> Geometry:
    """Return a geometry with two layers unless said otherwise."""
    known = {"layers": 2} if "layer_height_mm" not in keys else {}
    data = {"shape": shape, "long_side_mm": long, "short_side_mm": short, "thickness_mm": thickness}
    return Geometry.model_validate({**data, **known, **keys})


@pytest.mark.parametrize(
    ("geometry", "wanted"),
    [
        # U: [1200/200][800/400] = 6 * 2 = 12 and [1200/400][800/200] = 3 * 4 = 12
        (sheet("U", 390, 190, 10), 12),
        # U: [1200/200][800/710] = 6 * 1 = 6 and [1200/710][800/200] = 1 * 4 = 4
        (sheet("U", 700, 190, 10), 6),
        # U: [1200/160][800/510] = 7 * 1 = 7 and [1200/510][800/160] = 2 * 5 = 10
        (sheet("U", 500, 150, 10), 10),
        # L: [1200/300][800/600] = 4 * 1 = 4 and [1200/600][800/300] = 2 * 2 = 4
        (sheet("L", 600, 295, 5), 4),
        # L: [1200/150][800/390] = 8 * 2 = 16 and [1200/390][800/150] = 3 * 5 = 15
        (sheet("L", 390, 140, 10), 16),
        # L: [1200/210][800/590] = 5 * 1 = 5 and [1200/590][800/210] = 2 * 3 = 6
        (sheet("L", 590, 200, 10), 6),
        # I: [1200/500][800/400] = 2 * 2 = 4; the thickness does not count
        (sheet("I", 500, 400, 9), 4),
        # I: [1200/390][800/300] = 3 * 2 = 6, turned [1200/300][800/390] = 4 * 2 = 8
        (sheet("I", 390, 300), 6),
        (sheet("I", 390, 300, turned=True), 8),
        # whole sheets, and 1200 / (399.9 + 0.1) = 3 exactly
        (sheet("I", 1200, 800), 1),
        (sheet("U", 399.9, 199.9, 0.1), 12),
        # 1200 / 0.1 is 12,000, whatever binary arithmetic makes of it
        (sheet("I", 0.1, 0.1), 12_000 * 8_000),
    ],
)
def test_pieces_per_layer_by_hand(geometry: Geometry, wanted: int) -> None:
    """Each shape's formula gives the number worked out beside it; layers multiply it."""
    assert pieces_per_layer(geometry, EURO) == wanted
    assert pieces_per_pallet(geometry) == 2 * wanted


def test_other_pallet() -> None:
    """On a pallet of 1000 x 1000 mm: [1000/200][1000/400] = 5 * 2 = 10."""
    assert pieces_per_layer(sheet("U", 390, 190, 10), Pallet(length_mm=1000, width_mm=1000)) == 10


def test_layers_from_heights() -> None:
    """[1500/140] = 10 layers of 4 pieces."""
    pallet = Pallet(usable_height_mm=1500)
    assert pieces_per_pallet(sheet("L", 600, 295, 5, layer_height_mm=140), pallet) == 40


@pytest.mark.parametrize(
    ("geometry", "pallet", "says"),
    [
        (sheet("I", 1300, 200), EURO, "1300 x 200 mm (thickness 2, shape I) does not fit the pallet 1200 x 800 mm"),
        (sheet("I", 900, 850), EURO, "does not fit"),
        (sheet("U", 1199, 700), EURO, "does not fit"),  # 1199 + 2 is above 1200
        (sheet("L", 1200, 799), EURO, "does not fit"),  # 799 + 2 is above 800
        (sheet("I", 300, 400), EURO, "long_side_mm: is below short_side_mm 400"),
        (sheet("I", 400, 300, layers=None), EURO, "layers: is missing"),
        (sheet("I", 400, 300, layers=2, layer_height_mm=10), EURO, "stands beside layer_height_mm"),
        (sheet("I", 400, 300, layer_height_mm=10), EURO, "needs the pallet's height"),
        (sheet("I", 400, 300, layer_height_mm=10), Pallet(usable_height_mm=5), "is above the pallet's usable height"),
    ],
)
def test_what_does_not_fit(geometry: Geometry, pallet: Pallet, says: str) -> None:
    """A sheet that does not fit, or data that contradict each other, are errors that say so."""
    with pytest.raises(InputError) as error:
        pieces_per_pallet(geometry, pallet)
    assert says in str(error.value)
