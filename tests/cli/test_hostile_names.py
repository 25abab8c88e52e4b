"""Names that would break lines, run in a spreadsheet or turn a text around stay inert and readable."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from tests.cli.conftest import Run

LONG = "x" * 100 + "y" * 100
NAMES = ["line\nbreak", "=1+1", "<b>bold</b>", LONG, "\u202eturned", "שלום", 'a "quoted" one', "@SUM(A1)", "-2+3"]
READABLE = ["line break", "=1+1", "<b>bold</b>", "\\u202eturned", "שלום", 'a "quoted" one', "@SUM(A1)", "-2+3"]


@pytest.fixture
def orders(folder: Path) -> str:
    """Write order lines whose components have such names, each with the next one in half of the orders."""
    starts = [(k, i) for k in range(3) for i in range(len(NAMES))]
    lines = [(f"o{k}-{i}", NAMES[(i + j) % len(NAMES)]) for k, i in starts for j in range(1 + k % 2)]
    pd.DataFrame(lines, columns=["order", "component"]).to_csv(folder / "raw.csv", index=False)
    return "raw.csv"


def assert_readable(out: str) -> None:
    """Each name stands on one line, in printable signs."""
    assert all(line.isprintable() for line in out.splitlines())
    assert [name for name in READABLE if name not in out] == []


def test_orders_as_text(run: Run, orders: str) -> None:
    """import, show and solve print them, on a page's width."""
    imported = run("import", orders, "-o", "i.json", "--layout", "long", "--name", "two\nlines", "--all")
    assert imported.status == 0, imported.err
    assert_readable(imported.out)
    assert "xxx...yyy" in imported.out and max(map(len, imported.out.splitlines())) <= 240
    assert all(line.isprintable() and len(line) < 700 for line in imported.err.splitlines())
    assert "two lines" in run("show", "i.json").out
    solved = run("solve", "i.json", "--method", "greedy", "-o", "r.json", "--all")
    assert solved.status == 0, solved.err
    assert_readable(solved.out)
    assert LONG in solved.out
    brief = run("solve", "i.json", "--method", "greedy").out.splitlines()
    assert all(line.isprintable() for line in brief) and max(map(len, brief)) <= 110
    assert_readable(run("show", "r.json", "--all").out)


def test_orders_as_tables(run: Run, orders: str, folder: Path) -> None:
    """A spreadsheet runs no cell of a CSV file or a workbook, and a workbook has the names as they are."""
    openpyxl = pytest.importorskip("openpyxl", reason="needs pip install 'atoopt[excel]'")
    assert run("import", orders, "-o", "i.json", "--layout", "long").status == 0
    assert run("solve", "i.json", "--method", "greedy", "-o", "r.json").status == 0
    for name in ("t.csv", "t.xlsx"):
        assert run("table", "r.json", "-o", name).status == 0
    with (folder / "t.csv").open(encoding="utf-8", newline="") as stream:
        cells = [cell for row in csv.reader(stream) for cell in row]
    assert "'=1+1" in cells and not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@"))]
    book = openpyxl.load_workbook(folder / "t.xlsx")
    texts = {cell.value: cell for sheet in book for row in sheet for cell in row if isinstance(cell.value, str)}
    assert {cell.data_type for cell in texts.values()} == {"s"}
    assert texts["=1+1"].quotePrefix and "שלום" in texts and LONG in texts


def test_parts(run: Run, folder: Path) -> None:
    """The same for parts: import with surprises, solve, show, table."""
    rows = [(name, 10 + i, 1 if i % 2 else 8, 90, 4, 0.2, 0.01) for i, name in enumerate(NAMES)]
    columns = ["id", "annual_demand", "orders_per_year", "batch", "pieces_per_pallet", "setup_hours_saw",
               "run_hours_per_piece_saw"]  # fmt: skip
    pd.DataFrame(rows, columns=columns).to_csv(folder / "parts.csv", index=False)
    imported = run("import", "parts.csv", "-o", "i.json", "--problem", "policy")
    assert imported.status == 0 and all(line.isprintable() for line in imported.err.splitlines()), imported.err
    solved = run("solve", "i.json", "--objective", "pallets", "--all", "-o", "r.json")
    assert_readable(solved.out)
    assert_readable(run("show", "r.json", "--all").out)
    assert run("table", "r.json", "-o", "t.csv").status == 0
    assert "'=1+1" in pd.read_csv(folder / "t.csv")["part"].tolist()


def test_a_control_character_is_refused(run: Run, folder: Path) -> None:
    """What could drive a terminal is no name; the message shows it in printable signs."""
    (folder / "raw.csv").write_text("a,b\nred,\x1b[31mx\nblue,y\nred,y\n")
    status, _, err = run("import", "raw.csv", "-o", "i.json")
    assert status == 2 and err.rstrip("\n").isprintable() and not (folder / "i.json").exists()
