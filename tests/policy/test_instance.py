"""The policy instance: what it computes, what it keeps, and what it refuses."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings

import atoopt
from atoopt.base.errors import InputError
from atoopt.policy import EconomicOrder, Part, PolicyInstance
from atoopt.policy.data.named import NAMED
from atoopt.policy.data.table import UNITS, part_table
from atoopt.policy.surprises import BETTER_TO_ORDER, LONG_BATCH, NO_TIME, ONE_ORDER, surprises
from atoopt.schemas import schema
from tests.altered import altered
from tests.policy.brute import agility_of, instance_of, policy_data

SOUND: dict[str, Any] = {
    "format": "atoopt/policy", "version": 1, "name": "sound",
    "parts": [
        {"id": "A", "annual_demand": 4800, "orders_per_year": 96, "batch": 400,
         "setup_hours": {"cutting": 0.2, "bending": 0.1}, "run_hours_per_piece": {"cutting": 0.01, "bending": 0.02},
         "pieces_per_pallet": 12},
        {"id": "B", "annual_demand": 100, "orders_per_year": 4, "economic_order": {"order_cost": 10, "holding_cost": 2},
         "setup_hours": {"cutting": 0.2}, "run_hours_per_piece": {"cutting": 0.01},
         "geometry": {"shape": "U", "long_side_mm": 390, "short_side_mm": 190, "thickness_mm": 10, "layers": 4}},
    ],
    "limits": {"max_pallets": 100, "max_setup_hours": None, "process_hours": {"cutting": 1600}},
    "fixed_policy": {"A": "MTS"}, "same_policy": [["A", "B"]],
}  # fmt: skip


def changed(place: str, value: Any) -> dict[str, Any]:
    """Return the sound data with one place altered."""
    return altered(SOUND, place, value)


def test_quantities_by_hand() -> None:
    """The paper's quantities of one part, worked by hand."""
    instance = instance_of(SOUND)
    assert instance.agility[0] == pytest.approx(1 / (0.3 * 0.03))
    assert instance.mts_pallets.tolist() == pytest.approx([400 / 24, 32 / 96])
    assert instance.mts_setup_hours.tolist() == pytest.approx([0.3 * 12, 0.2 * 100 / 32])
    assert instance.mto_setup_hours.tolist() == pytest.approx([0.3 * 96, 0.2 * 4])
    assert instance.run_hours.tolist() == [[48.0, 96.0], [1.0, 0.0]]


@pytest.mark.parametrize(
    ("demand", "order_cost", "holding_cost", "wanted"),
    [(100, 10, 2, 32), (100, 0, 2, 1), (1, 0.1, 2, 1), (50, 1.0, 1.0, 10), (2, 1.5625, 1.0, 3)],
)
def test_harris(demand: float, order_cost: float, holding_cost: float, wanted: int) -> None:
    """sqrt(2 D K / h) to the nearest whole piece, a half upward, at least one."""
    costs = EconomicOrder(order_cost=order_cost, holding_cost=holding_cost)
    part = Part(
        id="P", annual_demand=demand, orders_per_year=1, economic_order=costs, pieces_per_pallet=1,
        setup_hours={}, run_hours_per_piece={},
    )  # fmt: skip
    assert part.batch_pieces == wanted


def test_surprises_are_accepted_and_reported(plates_12: PolicyInstance) -> None:
    """Better to order in both objectives, at most one order a year, a batch above demand: all are named."""
    found = surprises(plates_12)
    assert found[BETTER_TO_ORDER] == ("P08", "P09")
    assert found[ONE_ORDER] == ("P09",)
    assert found[LONG_BATCH] == ("P11",)
    assert found[NO_TIME] == ()
    assert "2 parts are better made to order" in str(plates_12)


def test_part_without_times_has_a_finite_agility() -> None:
    """No set-up hours: the agility has no bound, is the largest float, and JSON stays JSON."""
    instance = instance_of(changed("parts.0.setup_hours", {}))
    assert surprises(instance)[NO_TIME] == ("A",)
    result = atoopt.solve(instance.replace(fixed_policy={}, same_policy=()), "threshold", objective="pallets")
    assert json.loads(json.dumps(result.to_json(), allow_nan=False))["solution"]["policy"] == {"A": "MTO", "B": "MTO"}


@settings(max_examples=30)
@given(policy_data(constrained=True))
def test_json_round_trip(data: dict[str, Any]) -> None:
    """An instance written and read again is the same, and both forms keep the published schema."""
    instance = instance_of(data)
    again = instance.to_json()
    jsonschema.validate(again, schema("policy"))
    assert instance_of(json.loads(json.dumps(again))) == instance
    assert instance.agility.tolist() == pytest.approx([agility_of(part) for part in data["parts"]])


@pytest.mark.parametrize("name", NAMED)
def test_named_instances(name: str, tmp_path: Path) -> None:
    """Every named instance is what its generator makes, to the byte, and keeps the published schema."""
    file = Path("instances/policy") / f"{name}.json"
    NAMED[name].make().save(str(tmp_path / "again.json"))
    assert (tmp_path / "again.json").read_bytes() == file.read_bytes()
    data = json.loads(file.read_text())
    jsonschema.validate(data | {"parts": data["parts"][:500]}, schema("policy"))  # the others are made alike


ROWS = [
    [cell.strip() for cell in line.strip("| ").split("|")]
    for line in Path("instances/README.md").read_text().splitlines() if line.startswith("| plates-")
]  # fmt: skip


def test_table_has_every_named_instance() -> None:
    """One row an instance, in the order of the generators: a table that was lost would test nothing below."""
    assert [row[0] for row in ROWS] == list(NAMED)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_table_of_named_instances(row: list[str]) -> None:
    """Totals, optimum, bound and frontier of the table are computed anew (the largest frontier takes a minute)."""
    name, source, *numbers, status = row
    pallets, hours, to_order, points, least, bound = (float(text.replace(",", "")) for text in numbers[1:])
    instance = atoopt.load(f"instances/policy/{name}.json")
    assert source == NAMED[name].source
    assert instance.n_parts == int(numbers[0])
    assert instance.mts_pallets.sum() == pytest.approx(pallets, abs=0.005)
    assert instance.mts_setup_hours.sum() == pytest.approx(hours, abs=0.005)
    assert instance.mto_setup_hours.sum() == pytest.approx(to_order, abs=0.005)
    result = atoopt.solve(instance)
    assert (result.status, round(result.objective, 4), round(result.bound, 4)) == (status, least, bound)
    if instance.n_parts < 1000:
        assert len(atoopt.pareto(instance)) == points


def test_named_425_is_like_the_published_case(plates_425: PolicyInstance) -> None:
    """425 parts, three processes, near 508 pallets and 157 hours, and more set-ups made to order."""
    assert plates_425.n_parts == 425
    assert len(plates_425.processes) == 3
    assert plates_425.mts_pallets.sum() == pytest.approx(508, abs=1)
    assert plates_425.mts_setup_hours.sum() == pytest.approx(157, abs=0.5)
    assert (plates_425.mto_setup_hours > plates_425.mts_setup_hours).mean() > 0.98


def test_part_table_has_units(plates_12: PolicyInstance) -> None:
    """One row a part, a unit for every column."""
    table = part_table(plates_12)
    assert list(table.index) == list(plates_12.ids)
    assert dict(table.columns.tolist()) == UNITS
    assert table.loc["P01", ("mts_pallets", "pallets")] == pytest.approx(400 / 24)


HUGE = 1e308
BAD = [
    ("parts", [], "parts: is empty"),
    ("parts.0.id", ..., "parts[0].id: is missing"),
    ("parts.0.id", "", "parts[0].id: is empty"),
    ("parts.1.id", "A", 'parts[1].id: "A" is also the id of parts[0]'),
    ("parts.0.annual_demand", -1, "parts[0].annual_demand: is -1"),
    ("parts.0.annual_demand", 0, "parts[0].annual_demand: is 0"),
    ("parts.0.annual_demand", "many", "parts[0].annual_demand"),
    ("parts.0.annual_demand", True, "parts[0].annual_demand"),
    ("parts.0.orders_per_year", 0, "parts[0].orders_per_year: is 0"),
    ("parts.0.orders_per_year", None, "parts[0].orders_per_year"),
    ("parts.0.batch", ..., "parts[0].batch: is missing; give either batch or economic_order"),
    ("parts.0.batch", 0, "parts[0].batch: is 0"),
    ("parts.1.batch", 5, "parts[1].batch: and economic_order are both given"),
    ("parts.1.economic_order.holding_cost", 0, "parts[1].economic_order.holding_cost: is 0"),
    ("parts.1.economic_order.order_cost", -1, "parts[1].economic_order.order_cost: is -1"),
    ("parts.1.economic_order.costs", 1, "parts[1].economic_order.costs: is not a known key"),
    ("parts.1.economic_order.order_cost", HUGE, "parts[1].economic_order: makes a batch too large"),
    ("parts.0.setup_hours", ..., "parts[0].setup_hours: is missing"),
    ("parts.0.setup_hours.cutting", -0.1, "parts[0].setup_hours.cutting: is -0.1"),
    ("parts.0.run_hours_per_piece.bending", "x", "parts[0].run_hours_per_piece.bending"),
    ("parts.0.run_hours_per_piece", [], "parts[0].run_hours_per_piece: is a list"),
    ("parts.0.run_hours_per_piece.bending", HUGE, "parts[0]: makes the year's pallets or hours too large"),
    ("parts.0.pieces_per_pallet", 0, "parts[0].pieces_per_pallet: is 0"),
    ("parts.0.pieces_per_pallet", ..., "parts[0].pieces_per_pallet: is missing"),
    ("parts.1.pieces_per_pallet", 3, "parts[1].pieces_per_pallet: and geometry are both given"),
    ("parts.1.geometry.shape", "V", "parts[1].geometry.shape: is \"V\"; write 'U', 'L' or 'I'"),
    ("parts.1.geometry.layers", 1.5, "parts[1].geometry.layers"),
    ("parts.1.geometry.layers", 0, "parts[1].geometry.layers: is 0"),
    ("parts.1.geometry.long_side_mm", 1300, "parts[1].geometry: the sheet 1300 x 190 mm"),
    ("parts.1.geometry.long_side_mm", 100, "parts[1].geometry.long_side_mm: is below short_side_mm"),
    ("parts.1.geometry.thickness_mm", ..., "parts[1].geometry.thickness_mm: is missing"),
    ("parts.0.colour", "red", "parts[0].colour: is not a known key"),
    ("limits.max_pallets", -1, "limits.max_pallets: is -1"),
    ("limits.max_setup_hours", "few", "limits.max_setup_hours"),
    ("limits.process_hours", {"welding": 5}, 'limits.process_hours: "welding" is a process of no part'),
    ("limits.process_hours", {"cutting": -5}, "limits.process_hours.cutting: is -5"),
    ("limits.max_palets", 3, "limits.max_palets: is not a known key"),
    ("fixed_policy", {"Z": "MTO"}, 'fixed_policy: "Z" is not the id of a part'),
    ("fixed_policy", {"A": "ATO"}, "fixed_policy.A: is \"ATO\"; write 'MTO' or 'MTS'"),
    ("fixed_policy", ["A"], "fixed_policy: is a list"),
    ("same_policy", [["A", "Z"]], 'same_policy[0]: "Z" is not the id of a part'),
    ("same_policy", [["A", "A"]], "same_policy[0]: gives a part twice"),
    ("same_policy", [[]], "same_policy[0]: is empty"),
    ("same_policy", ["AB"], "same_policy[0]"),
    ("pallet", {"length_mm": 0}, "pallet.length_mm: is 0"),
    ("name", ..., "name: is missing"),
    ("version", 2, "version: is 2"),
    ("capacity", 1, "capacity: is not a known key"),
]


@pytest.mark.parametrize(("place", "value", "says"), BAD, ids=[f"{place}={value}"[:60] for place, value, _ in BAD])
def test_bad_json(place: str, value: Any, says: str, tmp_path: Path) -> None:
    """Each fault is one line that names file, place and remedy."""
    file = tmp_path / "bad.json"
    file.write_text(json.dumps(changed(place, value)))
    with pytest.raises(InputError) as error:
        atoopt.load(file)
    text = str(error.value)
    assert text.startswith(f"{file}: ")
    assert says in text
    assert ";" in text
    assert "\n" not in text


@pytest.mark.parametrize("name", ["a\x00b", "a\x1bb", "\x7f", "\x85"])
@pytest.mark.parametrize("key", ["id", "setup_hours", "run_hours_per_piece"])
def test_control_characters_are_refused_on_one_line(key: str, name: str) -> None:
    """A name ends up in tables, model files and solvers: what ends strings there, or is no text, is refused."""
    faulty = SOUND["parts"][0] | {key: name if key == "id" else {name: 1.0}}
    with pytest.raises(InputError) as error:
        instance_of({"format": "atoopt/policy", "version": 1, "name": "x", "parts": [faulty]})
    assert "control character" in str(error.value)
    assert f"parts[0].{key}" in str(error.value)
    assert str(error.value).isprintable()


def test_parts_without_run_time_cause_no_warning() -> None:
    """Their agility has no bound; half of all parts being so, the median has none either."""
    plate = SOUND["parts"][0]
    parts = [plate | {"id": f"P{i}", "run_hours_per_piece": {}} for i in range(3)] + [plate]
    instance = instance_of({"format": "atoopt/policy", "version": 1, "name": "x", "parts": parts})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        text = str(instance)
        found = atoopt.solve(instance, "threshold")
    assert "to unbounded pieces/h², median unbounded" in text
    two = instance_of({"format": "atoopt/policy", "version": 1, "name": "x", "parts": parts[2:]})
    assert "median unbounded" in str(two)  # halfway to what has no bound
    assert found.solution.thresholds.agility > 0
