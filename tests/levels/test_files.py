"""Files of stock levels: read, written, solved, checked and refused by the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import atoopt
from atoopt.cli import main
from atoopt.levels.check import check
from atoopt.schemas import schema
from tests.levels.systems import TWO, instance_of

STOCK = {
    "format": "atoopt/stock-composition", "version": 1, "name": "three", "components": ["a", "b", "c"],
    "products": [
        {"components": ["a", "b"], "demand": 3.0}, {"components": ["a", "b", "c"], "demand": 1.0},
        {"components": [], "demand": 1.0},
    ],
    "costs": {"preassembly": 1.0, "fixed_transport": 2.0, "variable_transport": 0.4, "final_assembly": 10.0},
    "max_mean_assembly_time": None,
}  # fmt: skip
HELD = {"modules": [["a", "b"], ["a"], ["b"], ["c"]]}
WHOLE: dict[str, Any] = {
    "format": "atoopt/stock-levels", "version": 1, "name": "three", "stock_instance": STOCK, "solution": HELD,
    "orders_per_period": 10.0, "window": 0.0, "value": {"a": 2.0},
    "lead_times": {"default": 1.0, "modules": [{"module": ["b", "a"], "lead_time": 2.0}]},
    "target": {"kind": "average", "fill_rate": 0.95},
}  # fmt: skip


def written(folder: Path, data: dict[str, Any]) -> str:
    """Write an instance and return its path."""
    path = folder / "levels.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return str(path)


def test_a_stock_becomes_a_system(tmp_path: Path) -> None:
    """Products take the modules of their partition; values add up; the base product needs nothing."""
    instance = atoopt.load(written(tmp_path, WHOLE))
    system = instance.system
    named = dict(
        zip(system.modules, zip(system.lead_times, system.values, system.module_rates, strict=True), strict=True)
    )
    assert named["a+b"] == (2.0, 3.0, 8.0)
    assert named["c"] == (1.0, 1.0, 2.0)
    assert named["a"][2] == 0.0
    assert [len(order) for order in system.orders] == [1, 2, 0]
    result = atoopt.solve(instance)
    assert result.status == "optimal" and result.solution.fill_rates[2] == 1.0
    assert json.loads(json.dumps(result.to_json()))["solution"]["levels"]["a"] == 0


def test_files_in_the_file_are_read_beside_it(tmp_path: Path) -> None:
    """Stock instance and solution as paths relative to the file, the solution as a whole result."""
    (tmp_path / "stock.json").write_text(json.dumps(STOCK), encoding="utf-8")
    (tmp_path / "found.json").write_text(json.dumps({"status": "optimal", "solution": HELD}), encoding="utf-8")
    instance = atoopt.load(written(tmp_path, WHOLE | {"stock_instance": "stock.json", "solution": "found.json"}))
    assert instance == atoopt.load(written(tmp_path, WHOLE))


def test_what_is_saved_is_read_again_and_fits_the_schema(tmp_path: Path) -> None:
    """Of a stock, and of a bare system."""
    for instance in (atoopt.load(written(tmp_path, WHOLE)), instance_of(TWO["lead"], TWO["orders"])):
        file = str(tmp_path / "saved.json")
        instance.save(file)
        jsonschema.validate(json.loads(Path(file).read_text("utf-8")), schema("stock-levels"))
        assert atoopt.load(file) == instance
        assert instance.replace(window=0.5).window == 0.5


BARE = instance_of(TWO["lead"], TWO["orders"]).to_json()
REFUSED = {
    "negative lead time": (BARE | {"modules": [{"name": "a", "lead_time": -1}]}, "modules[0].lead_time"),
    "target above 1": (BARE | {"target": {"kind": "each", "fill_rate": 1.2}}, "target.fill_rate"),
    "no demand rate": (BARE | {"orders": [{"modules": ["a"]}]}, "orders[0].rate"),
    "no orders": ({k: v for k, v in BARE.items() if k != "orders"}, "orders"),
    "no orders per period": ({k: v for k, v in WHOLE.items() if k != "orders_per_period"}, "orders_per_period"),
    "lead time of what is not held": (
        WHOLE | {"lead_times": {"default": 1, "modules": [{"module": ["a", "c"], "lead_time": 1}]}},
        "lead_times.modules[0]",
    ),
    "unknown component": (WHOLE | {"value": {"z": 1.0}}, "value.z"),
    "unknown module": (BARE | {"orders": [{"modules": ["z"], "rate": 1}]}, "orders[0].modules[0]"),
    "two aims": (BARE | {"costs": {"holding": 1, "backorder": 1}}, "target"),
    "both kinds": (WHOLE | {"modules": BARE["modules"]}, "stock_instance"),
    "unknown key": (BARE | {"windw": 1}, "windw"),
    "missing file": (WHOLE | {"solution": "nowhere.json"}, "nowhere.json"),
    "costs of too few": (
        {k: v for k, v in BARE.items() if k != "target"} | {"costs": {"holding": [1], "backorder": 1}},
        "costs.holding",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_one_line(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 2, and a line that names file and place."""
    data, place = REFUSED[case]
    assert main(["solve", written(tmp_path, data)]) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1 and place in lines[0] and ".json" in lines[0]


def test_solve_check_show_and_evaluate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The commands work on such a file as on any other."""
    file, out = written(tmp_path, BARE), str(tmp_path / "out.json")
    assert main(["solve", file, "--json", "--output", out]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["status"] == "optimal" and found["solution"]["estimated"] is False
    assert main(["check", file, out]) == 0 and "no violation" in capsys.readouterr().out
    assert main(["show", file]) == 0 and "lead-time demand" in capsys.readouterr().out
    levels = tmp_path / "levels-alone.json"
    levels.write_text('{"levels": {"a": 6, "b": 6}}', encoding="utf-8")
    assert main(["evaluate", file, str(levels), "--json"]) == 0
    evaluated = json.loads(capsys.readouterr().out)["solution"]
    assert evaluated["average_fill_rate"] == pytest.approx(TWO["average"], abs=1e-12)
    levels.write_text('{"levels": {"a": 6, "z": 6}}', encoding="utf-8")
    assert main(["evaluate", file, str(levels)]) == 2 and "levels.z" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"solution": {"average_fill_rate": 0.99}}, "average_fill_rate is claimed"),
        ({"solution": {"fill_rates": [0.9, 0.9, 0.9]}}, "fill_rates[0] is claimed"),
        ({"solution": {"fill_rates": [0.9]}}, "fill_rates has 1 entries"),
        ({"solution": {"value": 1.0}}, "value is claimed"),
        ({"objective": 3.0}, "objective is claimed"),
        ({"bound": 99.0}, "bound 99 is above"),
        ({"solution": {"levels": {"a": 1, "b": 1}}}, "of the orders are filled, below 0.9"),
        ({"solution": {"levels": {"a": 1}}}, "levels.b: is missing"),
        ({"instance": "other"}, 'instance is "other"'),
    ],
)
def test_false_claims_are_named(change: dict[str, Any], said: str) -> None:
    """Each number of a result that is changed is refuted."""
    instance = instance_of(TWO["lead"], TWO["orders"])
    data = json.loads(json.dumps(atoopt.solve(instance).to_json()))
    assert check(instance, data).violations == ()
    data["solution"] |= change.pop("solution", {})
    assert any(said in violation for violation in check(instance, data | change).violations)
