"""The named instances of stock levels: their best-known levels evaluated anew, and the table for people."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import atoopt
from atoopt.base.gap import PROOF_TOLERANCE
from atoopt.levels import evaluate

FOLDER = Path("instances/levels")
ROWS = {row["name"]: row for row in csv.DictReader((FOLDER / "best_known.csv").open(encoding="utf-8"))}


def test_every_instance_is_in_the_table() -> None:
    """And every row has its instance and its levels."""
    assert {path.stem for path in FOLDER.glob("*.json")} == set(ROWS)
    assert {path.stem for path in (FOLDER / "best").glob("*.json")} == set(ROWS)


@pytest.mark.parametrize("name", ROWS)
def test_best_known_levels_are_worth_what_the_table_says(name: str) -> None:
    """They reach the target; the bound is not above their value, and they are optimal where the two meet."""
    row, instance = ROWS[name], atoopt.load(str(FOLDER / f"{name}.json"))
    data = json.loads((FOLDER / "best" / f"{name}.json").read_text(encoding="utf-8"))
    found = evaluate(instance, data["solution"]["levels"])
    value, bound = float(row["value"]), float(row["bound"])
    assert not found.violations
    assert found.cost == pytest.approx(value, rel=1e-9) and len(found.levels) == int(row["modules"])
    assert found.average_fill_rate == pytest.approx(float(row["filled"]), abs=1e-9)
    assert bound <= value
    assert (value - bound <= PROOF_TOLERANCE * value) == (row["status"] == "optimal")


def test_readme_shows_the_table() -> None:
    """The table for people has the numbers of the one for programs."""
    text = Path("instances/README.md").read_text(encoding="utf-8")
    for name, row in ROWS.items():
        value, bound, filled = (float(row[key]) for key in ("value", "bound", "filled"))
        shown = f"| {value:.4f} | {bound:.4f} | {filled:.2%} | {row['status']} |"
        assert any(line.startswith(f"| {name} |") and line.endswith(shown) for line in text.splitlines())
