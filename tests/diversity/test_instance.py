"""The instance, its judge and the check of a claim."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import atoopt
from atoopt.base.errors import InputError
from atoopt.diversity import DiversityInstance, evaluate
from atoopt.diversity.check import check
from atoopt.schemas import schema

FILE = Path(__file__).parents[2] / "instances/diversity/trims-6.json"
TRIMS = atoopt.load(str(FILE))
VARIANTS = [["radio", "heater", "roof"], ["heater", "hook"], ["heater"], []]


def test_the_named_instance_fits_its_schema_and_is_written_as_it_is_read(tmp_path: Path) -> None:
    """Valid by the published schema, and saved to the same text."""
    jsonschema.validate(json.loads(FILE.read_text()), schema("diversity"))
    TRIMS.save(str(tmp_path / "again.json"))
    assert (tmp_path / "again.json").read_text() == FILE.read_text()


def test_an_order_gets_the_nearest_variant() -> None:
    """By hand: the base gets itself, radio gets all three, radio + heater gets a roof."""
    found = evaluate(TRIMS, VARIANTS)
    assert found.given.tolist() == [0, 2, 0, 1, 0, 0]
    assert found.give_away == pytest.approx((5 * 2 + 15 * 1) / 100)
    assert found.exact_share == pytest.approx(0.8)
    dear = TRIMS.replace(give_away={"roof": 4.0})
    assert evaluate(dear, VARIANTS).give_away == pytest.approx((5 * 5 + 15 * 4) / 100)


def test_what_breaks_a_limit_is_named() -> None:
    """Too many variants, and orders that none serves."""
    found = evaluate(TRIMS.replace(max_variants=1), [["radio"], ["heater"]])
    assert "2 variants are more than max_variants 1" in found.violations
    assert sum("no variant has all" in line for line in found.violations) == 3


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"max_variants": 0}, "max_variants"),
        ({"max_variants": 2.5}, "max_variants"),
        ({"give_away": {"wheel": 1.0}}, "give_away"),
        ({"give_away": {"roof": -1.0}}, "give_away.roof"),
        ({"components": ("radio", "heater", "roof")}, "products"),
        ({"products": TRIMS.products[:1] * 2}, "products[1]"),
    ],
)
def test_bad_data_is_refused_with_its_place(changes: dict[str, Any], place: str) -> None:
    """The line names the key."""
    with pytest.raises(InputError) as error:
        TRIMS.replace(**changes)
    assert str(error.value.place).startswith(place)


def test_a_true_claim_passes_and_false_ones_are_named() -> None:
    """Objective, number, proof, product and repetition."""
    data = json.loads(json.dumps(atoopt.solve(TRIMS).to_json()))
    assert check(TRIMS, data).violations == ()
    assert check(TRIMS, data | {"objective": 0.2}).violations[0] == "objective is claimed as 0.2, but is 0.25"
    assert "status is optimal, but" in check(TRIMS, data | {"bound": 0.1, "gap": None}).violations[0]
    assert check(TRIMS, {"variants": [*VARIANTS, ["heater"]]}).violations[0].endswith("same as variants[2]")
    assert "is no product" in check(TRIMS, {"variants": [*VARIANTS[:3], ["hook"]]}).violations[0]
    assert check(TRIMS, {"variants": VARIANTS, "n_variants": 3}).violations == ("n_variants is claimed as 3, but is 4",)


def test_orders_of_a_stock_instance() -> None:
    """Components and demand are those of the stock; the base stays in."""
    stock = atoopt.load("instances/stock/pc-maker.json")
    question = DiversityInstance.of_orders(stock, 30)
    assert question.products == stock.products
    assert question.shares.tolist() == stock.shares.tolist()
