"""The instance: validated, immutable, the same after a round trip, indifferent to names and order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import jsonschema
import pytest
from hypothesis import given
from pydantic import ValidationError

import atoopt
from atoopt.schemas import names, schema
from atoopt.sets.bitsets import from_words
from atoopt.stock import StockInstance
from atoopt.stock.data.generate import uniform, wire_harness
from atoopt.stock.evaluation import evaluate, evaluate_masks
from tests.stock.strategies import module_masks, stock_instances

SCHEMAS = Path(atoopt.__file__).parent / "schemas"
VALIDATOR = jsonschema.Draft202012Validator(schema("stock-composition"))


# ---- files ----------------------------------------------------------------------------------------


@given(stock_instances(max_components=6))
def test_json_round_trip(tmp_path_factory: Any, instance: StockInstance) -> None:
    """What is saved is loaded again, to the last digit."""
    path = tmp_path_factory.mktemp("instance") / "instance.json"
    instance.save(str(path))
    assert atoopt.load(path) == instance


@given(stock_instances(max_components=6))
def test_saved_instances_fit_the_schema(instance: StockInstance) -> None:
    """Every instance that the reader allows is valid by the published schema."""
    VALIDATOR.validate(json.loads(json.dumps(instance.to_json())))


@pytest.mark.parametrize("name", names())
def test_published_schemas_are_current(name: str) -> None:
    """The file in the package is what the model says now (else: python -m atoopt.schemas)."""
    assert json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8")) == schema(name)
    jsonschema.Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize(
    "change",
    [{"products": []}, {"components": []}, {"name": ""}, {"surprise": 1}, {"max_mean_assembly_time": -1},
     {"max_modules": 0}, {"cost_basis": "both"}, {"time_per_operation": 0}, {"format": "atoopt/policy"},
     {"delivery_ratio": {"max_assembly_time": 1, "min_share": 2}}, {"products": [{"components": ["a"]}]}],
)  # fmt: skip
def test_schema_and_reader_refuse_the_same(tmp_path: Path, change: dict[str, Any]) -> None:
    """A fault that a schema can express is one for the schema and for the reader."""
    data = uniform(3).to_json() | change
    assert not VALIDATOR.is_valid(data)
    (tmp_path / "x.json").write_text(json.dumps(data))
    with pytest.raises(atoopt.InputError, match=r"x\.json"):
        atoopt.load(tmp_path / "x.json")


def test_missing_keys_are_refused_by_schema_and_reader(tmp_path: Path) -> None:
    """Each required key is required by both; the others may be left out."""
    data = uniform(3).to_json()
    for key in data:
        rest = {k: v for k, v in data.items() if k != key}
        (tmp_path / "x.json").write_text(json.dumps(rest))
        if VALIDATOR.is_valid(rest):
            assert atoopt.load(tmp_path / "x.json") == uniform(3)
        else:
            with pytest.raises(atoopt.InputError, match=key):
                atoopt.load(tmp_path / "x.json")


# ---- immutable, replaced --------------------------------------------------------------------------


def test_replace_changes_a_copy(uniform_5: StockInstance) -> None:
    """Replace gives a validated copy with fresh derived data; the original stays as it was."""
    letters = uniform_5.components
    assert uniform_5.shares.size == 31  # cached before the copy is made
    other = uniform_5.replace(max_mean_assembly_time=None, products=uniform_5.products[:10])
    assert (other.max_mean_assembly_time, other.n_products, other.shares.size) == (None, 10, 10)
    assert (uniform_5.max_mean_assembly_time, uniform_5.n_products, uniform_5.components) == (0.8, 31, letters)


@pytest.mark.parametrize(
    ("change", "place"),
    [({"max_mean_assembly_time": -1.0}, "max_mean_assembly_time"), ({"components": ("a",)}, "products"),
     ({"max_modules": 2.5}, "max_modules"), ({"no_such_key": 1}, "no_such_key")],
)  # fmt: skip
def test_replace_validates(uniform_5: StockInstance, change: dict[str, Any], place: str) -> None:
    """A value that is not allowed is an InputError that names it."""
    with pytest.raises(atoopt.InputError) as caught:
        uniform_5.replace(**change)
    assert place in str(caught.value)


def test_instance_cannot_be_changed(uniform_5: StockInstance) -> None:
    """Attributes and arrays are read-only."""
    with pytest.raises(ValidationError, match="frozen"):
        uniform_5.name = "other"
    for array in (uniform_5.shares, uniform_5.product_words, uniform_5.product_sizes):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


# ---- meaning --------------------------------------------------------------------------------------


def test_derived_data_follow_from_the_products() -> None:
    """Masks, words, sizes and names agree, with more than 64 components too."""
    instance = wire_harness(130, 200, seed=4)
    assert instance.product_words.shape == (200, 3)
    assert from_words(instance.product_words) == list(instance.product_masks)
    for product, mask, size in zip(
        instance.products, instance.product_masks, instance.product_sizes.tolist(), strict=True
    ):
        assert instance.names(mask) == product.components and len(product.components) == size
    assert instance.shares.sum() == pytest.approx(1)


def test_components_beyond_the_64th_count() -> None:
    """A module across the word boundary is used; the time falls by what it saves."""
    names_ = tuple(f"c{i}" for i in range(70))
    product = {"components": names_, "demand": 1.0}
    instance = StockInstance.model_validate(
        {"name": "wide", "components": names_, "products": [product], "max_mean_assembly_time": None,
         "costs": dict.fromkeys(("preassembly", "fixed_transport", "variable_transport", "final_assembly"), 1.0)}
    )  # fmt: skip
    assert evaluate(instance, []).mean_assembly_time == 69
    assert evaluate(instance, [names_[60:68]]).mean_assembly_time == 62
    assert evaluate(instance, [names_]).mean_assembly_time == 0


@given(stock_instances(max_components=6), st.data())
def test_order_of_components_and_products_changes_nothing(instance: StockInstance, data: st.DataObject) -> None:
    """Permuting components and products changes no cost, no time, no operation, no violation."""
    stock = data.draw(module_masks(instance.n_components))
    products = data.draw(st.permutations(instance.products))
    permuted = instance.replace(
        components=tuple(data.draw(st.permutations(instance.components))), products=tuple(products)
    )
    one = evaluate_masks(instance, stock)
    other = evaluate(permuted, [instance.names(mask) for mask in stock])
    assert other.costs == pytest.approx(one.costs)
    assert other.mean_assembly_time == pytest.approx(one.mean_assembly_time)
    place = {product: k for k, product in enumerate(products)}
    assert [int(other.operations[place[p]]) for p in instance.products] == one.operations.tolist()
    assert {frozenset(m) for m in other.modules} == {frozenset(m) for m in one.modules}
    assert len(other.violations) == len(one.violations)


def test_summary_is_one_screen(uniform_5: StockInstance) -> None:
    """The summary names size, demand concentration, costs and limits, as text and as HTML."""
    text = str(uniform_5)
    assert len(text.splitlines()) <= 24 and max(map(len, text.splitlines())) <= 120
    assert "31" in text and "90 %" in text and "0.8" in text
    html = uniform_5.replace(name="<b>")._repr_html_()
    assert "&lt;b&gt;" in html and "<table>" in html


@pytest.mark.parametrize(("demand", "share"), [([9, 1], 0.5), ([1, 1, 1, 1], 1.0), ([90, 4, 3, 3], 0.25)])
def test_concentration(demand: list[int], share: float) -> None:
    """The share of the products, the best sellers first, that make 90 % of the demand."""
    products = [{"components": [c], "demand": d} for c, d in zip("abcd", demand, strict=False)]
    assert uniform(4).replace(products=products).concentration() == share


def test_equal_instances_are_equal_whatever_was_computed_from_them() -> None:
    """Arrays kept beside the data take no part in a comparison, nor in the hash."""
    first, second = uniform(4), uniform(4)
    assert first.shares.sum() == second.shares.sum()
    assert first == second
    assert hash(first) == hash(second)
    assert first != first.replace(name="other")
