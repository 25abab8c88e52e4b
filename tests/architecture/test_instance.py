"""The architecture instance: what it keeps, what it refuses, and the named ones."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings

import atoopt
from atoopt.architecture import ArchitectureInstance, liaison_graph
from atoopt.architecture.data.named import NAMED, write_all
from atoopt.base.errors import InputError
from atoopt.schemas import schema
from tests.altered import altered
from tests.architecture.conftest import ROOT
from tests.architecture.strategies import instances

FOLDER = ROOT / "instances/architecture"

SOUND: dict[str, Any] = {
    "format": "atoopt/architecture", "version": 1, "name": "sound",
    "products": [
        {"id": "P",
         "components": [
             {"id": "base", "type": "mechanical", "functions": ["carry"]},
             {"id": "arm", "type": "mechanical", "functions": ["carry", "move"], "stock_name": "arm 200 mm"},
             {"id": "motor", "type": "electrical"},
             {"id": "board", "type": "electronic"}],
         "joints": [
             {"locates": "base", "located": "arm", "kind": "mate", "technology": "screw",
              "key_characteristics": ["reach"], "directions": ["x", "y", "rz"]},
             {"locates": "arm", "located": "motor", "kind": "mate", "technology": "screw",
              "key_characteristics": ["reach", "speed"]},
             {"locates": "base", "located": "board", "kind": "mate", "technology": "clip"},
             {"locates": "board", "located": "motor", "kind": "contact", "technology": "plug"}],
         "functions": ["carry", "move"],
         "flows": [{"source": "move", "target": "carry", "kind": "energy", "name": "torque"}],
         "family": "robots"},
        {"id": "Q", "components": [{"id": "lone", "type": "mechanical"}]}],
}  # fmt: skip


def changed(place: str, value: Any) -> dict[str, Any]:
    """Return the sound data with one place altered."""
    return altered(SOUND, place, value)


def mate(locates: str, located: str, **more: Any) -> dict[str, Any]:
    """Return a screwed mate."""
    return {"locates": locates, "located": located, "kind": "mate", "technology": "screw", **more}


def test_sound_instance(tmp_path: Path) -> None:
    """Root, key characteristics and names are those of the data; the file written is the file read."""
    file = tmp_path / "sound.json"
    file.write_text(json.dumps(SOUND))
    instance = atoopt.load(file)
    first, lone = instance.products
    assert (first.root, lone.root) == ("base", "lone")
    assert first.key_characteristics == ("reach", "speed")
    assert instance.component_names == ("base", "arm 200 mm", "motor", "board", "lone")
    assert instance.to_json() == SOUND
    assert "3 mates, 1 contacts" in str(instance)


@settings(max_examples=12)
@given(instances())
def test_json_round_trip(tmp_path_factory: Any, instance: ArchitectureInstance) -> None:
    """An instance written and read again is the same, and keeps the published schema."""
    file = tmp_path_factory.mktemp("instance") / "drawn.json"
    instance.save(str(file))
    assert atoopt.load(file) == instance
    jsonschema.validate(json.loads(file.read_text()), schema("architecture"))


def test_named_instances(tmp_path: Path) -> None:
    """Every named instance is what its generator makes, to the byte, and keeps the published schema."""
    write_all(str(tmp_path))
    assert {file.name for file in tmp_path.iterdir()} == {file.name for file in FOLDER.glob("*.json")}
    for file in tmp_path.iterdir():
        assert file.read_bytes() == (FOLDER / file.name).read_bytes(), file.name
        jsonschema.validate(json.loads(file.read_text()), schema("architecture"))


def test_table_of_named_instances() -> None:
    """The page of the instances gives source, products, components and joints of each as they are."""
    lines = (ROOT / "instances/README.md").read_text().partition("## Architecture")[2].splitlines()
    rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines if line.startswith("| ")]
    assert [row[0] for row in rows[1:]] == list(NAMED)
    for name, source, products, components, joints, families in rows[1:]:
        instance = atoopt.load(FOLDER / f"{name}.json")
        assert (source, int(products)) == (NAMED[name].source, instance.n_products)
        assert int(components) == sum(len(product.components) for product in instance.products)
        assert int(joints) == sum(len(product.joints) for product in instance.products)
        assert int(families) == len({product.family for product in instance.products})


def test_laptops_have_the_components_of_the_stock() -> None:
    """The two instances named laptops know the same components, and all variants meet where they are joined."""
    instance = atoopt.load(FOLDER / "laptops.json")
    stock = atoopt.load(ROOT / "instances/stock/laptops.json")
    assert set(instance.component_names) == set(stock.components)
    graph = liaison_graph(instance)
    kind = {name: name.split()[0] for name in graph}
    joined = {frozenset((kind[a], kind[b])) for a, b in graph.edges}
    wanted = {
        frozenset((a, b))
        for a in graph
        for b in graph
        if kind[a] != kind[b] and frozenset((kind[a], kind[b])) in joined
    }
    assert {frozenset(edge) for edge in graph.edges} == wanted


JOINT = "products.0.joints"
BAD = [
    ("products", [], "products: is empty"),
    ("products.0.id", ..., "products[0].id: is missing"),
    ("products.1.id", "P", 'products[1].id: "P" is also the id of products[0]'),
    ("products.0.colour", "red", "products[0].colour: is not a known key"),
    ("products.0.components", [], "products[0].components: is empty"),
    ("products.0.components.1.id", "base",
     'products[0].components[1].id: "base" is the id of two components of product "P"'),
    ("products.0.components.2.stock_name", "base",
     'products[0].components[2].stock_name: "base" is the name of two components of product "P"'),
    ("products.0.components.2.type", "hydraulic", "products[0].components[2].type"),
    ("products.0.components.0.functions", ["fly"],
     'products[0].components[0].functions[0]: "fly" is no function of product "P"'),
    ("products.0.components.0.functions", ["move", "move"], 'components[0].functions[1]: "move" stands twice'),
    ("products.0.functions", ["carry", "move", "carry"], 'products[0].functions[2]: "carry" stands twice'),
    ("products.0.flows.0.source", "fly", 'products[0].flows[0].source: "fly" is no function of product "P"'),
    ("products.0.flows.0.target", "move", 'the flow from "move" to "move" of product "P" leads nowhere'),
    ("products.0.flows.0.kind", "money", "products[0].flows[0].kind"),
    ("products.0.flows.+", SOUND["products"][0]["flows"][0], 'products[0].flows[1]: the flow from "move" to "carry"'),
    (f"{JOINT}.1.located", "engine",
     'products[0].joints[1].located: "engine" is no component of the product, in the joint "arm" - "engine" of '
     'product "P"'),
    (f"{JOINT}.0.locates", "arm", 'products[0].joints[0]: the joint "arm" - "arm" of product "P" has one end'),
    (f"{JOINT}.0.kind", "weld", "products[0].joints[0].kind"),
    (f"{JOINT}.0.technology", "", "products[0].joints[0].technology: is empty"),
    (f"{JOINT}.0.directions", ["x", "up"], "products[0].joints[0].directions[1]"),
    (f"{JOINT}.0.directions", ["x", "x"], 'joints[0].directions[1]: "x" stands twice in the joint "base" - "arm"'),
    (f"{JOINT}.0.key_characteristics", ["a", "a"], 'joints[0].key_characteristics[1]: "a" stands twice'),
    (f"{JOINT}.3.key_characteristics", ["speed"], "products[0].joints[3].key_characteristics: is given for the joint"),
    (f"{JOINT}.3.directions", ["x"], "products[0].joints[3].directions: is given for the joint"),
    (f"{JOINT}.+", mate("motor", "board"),
     'products[0].joints[4]: the joint "motor" - "board" of product "P" joins what joints[3] joins'),
    (f"{JOINT}.+", mate("motor", "base"),
     'of product "P" closes a cycle of mates, "base" -> "arm" -> "motor" -> "base"'),
    (f"{JOINT}.2.kind", "contact", 'products[0].components[3]: no mate locates "base" and "board" of product "P"'),
    ("products.1.components.+", {"id": "far", "type": "mechanical"},
     'products[1].components[1]: no joints lead from "lone" to "far" of product "Q"'),
    (f"{JOINT}.2.key_characteristics", ["speed"],
     'products[0].joints[2].key_characteristics: carries "speed", but the joint "base" - "board" of product "P"'),
    ("name", ..., "name: is missing"),
    ("version", 2, "version: is 2"),
]  # fmt: skip


@pytest.mark.parametrize(("place", "value", "says"), BAD, ids=[f"{place}={value}"[:60] for place, value, _ in BAD])
def test_bad_json(place: str, value: Any, says: str, tmp_path: Path) -> None:
    """Each fault is one line that names file, place, product, joint and remedy."""
    file = tmp_path / "bad.json"
    file.write_text(json.dumps(changed(place, value)))
    with pytest.raises(InputError) as error:
        atoopt.load(file)
    text = str(error.value)
    assert text.startswith(f"{file}: ")
    assert says in text
    assert "; " in text
    assert "\n" not in text


def test_many_without_a_place_are_counted() -> None:
    """Where several components have no mate, two are named and the others counted."""
    data = deepcopy(SOUND)
    for joint in data["products"][0]["joints"]:
        joint["kind"] = "contact"
        joint.pop("directions", None)
        joint.pop("key_characteristics", None)
    with pytest.raises(ValueError, match=r'locates "base" and "arm".*2 more are not located'):
        ArchitectureInstance.model_validate(data)
