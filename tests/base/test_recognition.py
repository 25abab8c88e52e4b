"""Every wrong kind of table: one line that says what it looks like and the option to give, nothing written."""

from __future__ import annotations

import shlex
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import atoopt
from atoopt.base.errors import InputError
from atoopt.base.raw.separators import recognized
from tests.cli.conftest import Run, folder, run

__all__ = ["folder", "run"]

PARTS = "id,annual_demand,orders_per_year,batch,pieces_per_pallet,setup_hours_saw\nA,100,4,50,8,0.1\nB,90,9,30,4,0.2\n"
WIDE = "frame,gear,light\n" + 3 * "steel,chain,hub\nalloy,belt,hub\nsteel,belt,none\n"
LINES = "order,item\n" + "".join(f"{k},{item}\n" for k in range(6) for item in ("oven", "sink", "hood")[: 1 + k % 3])
UNNAMED = "Vorgang;Ware\n" + "".join(f"V{k};{w}\n" for k in range(30) for w in ("Ofen", "Spüle", "Haube")[: 1 + k % 3])
BINARY = "glass,open\n1,0\n0,0\n0,1\n0,1\n"


def with_column(name: str, cells: list[str]) -> str:
    """Return the wide table with one more column."""
    header, *rows = WIDE.splitlines()
    return "\n".join([f"{header},{name}", *(f"{row},{cells[i]}" for i, row in enumerate(rows))]) + "\n"


DAYS = [f"2026-01-{day:02d}" for day in range(1, 10)]
CASES = [
    ("parts as orders", PARTS, "", "header: looks like a list of parts; give --problem policy"),
    ("parts as lines", PARTS, "--layout long", "header: looks like a list of parts; give --problem policy"),
    ("orders as parts", WIDE, "--problem policy", "looks like orders, not like a list of parts; leave --problem"),
    ("lines as parts", LINES, "--problem policy", "looks like orders, not like a list of parts"),
    ("lines as wide", LINES, "", "give --layout long --order-column order --component-column item"),
    ("unnamed lines as wide", UNNAMED, "", "give --layout long --order-column Vorgang --component-column Ware"),
    ("unnamed lines as lines", UNNAMED, "--layout long", "give --order-column Vorgang --component-column Ware"),
    ("wide as lines", WIDE, "--layout long", "give --layout wide if a row is an order"),
    ("one line an order", with_column("nr", [str(k) for k in range(9)]) + "steel,chain,hub,9\n",
     "--layout long --columns nr,frame --order-column nr --component-column frame", "give --layout wide"),
    ("components are days", with_column("day", DAYS),
     "--layout long --columns frame,day --order-column frame --component-column day", "look like dates"),
    ("binary as wide", BINARY, "", "looks like a column an option, every cell 0 or 1; give --layout binary"),
    ("wide as binary", WIDE, "--layout binary", "write 0 or 1, or choose another --layout"),
    ("order number", with_column("Order No.", list("123456789")), "",
     "looks like an order number; give --drop 'Order No.'"),
    ("many values", "a,b\n" + "".join(f"x{k},{k % 2}\n" for k in range(30)), "",
     'column "a" looks like an order number'),
    ("date", with_column("sold on", DAYS), "", "column \"sold on\" looks like dates; give --drop 'sold on'"),
    ("quantity", with_column("pieces", list("121212121")), "", "looks like a quantity; give --demand pieces"),
    ("decimal quantity", with_column("Menge", ['"1,5"', *"12121212"]), "", "give --demand Menge --decimal ,"),
    ("two quantities", with_column("menge", list("121212121")), "--demand menge --rename frame=qty --drop gear", None),
    ("no header", 9 * "steel,chain\nalloy,belt\n", "", "line 1: looks like an order, not like a header"),
    ("JSON", '{"format": "atoopt/policy"}\n', "", "looks like JSON, not like a table"),
    ("a page", "<!DOCTYPE html>\n<table></table>\n", "", "looks like a page or XML"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "options", "says"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_it_looks_like(run: Run, folder: Path, text: str, options: str, says: str | None) -> None:
    """One line that names the file, exit status 2, nothing written; the last of each kind is none."""
    (folder / "raw.csv").write_text(text, encoding="utf-8")
    status, out, err = run("import", "raw.csv", "-o", "x.json", *shlex.split(options))
    if says is None:
        assert status == 0, err
        return
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("atoopt: raw.csv: ") and says in err
    assert not (folder / "x.json").exists()


FORCED = ["parts as orders", "lines as wide", "binary as wide", "order number", "date", "no header"]
HELPED = [*FORCED[:-1], "quantity", "decimal quantity", "unnamed lines as wide", "orders as parts"]


@pytest.mark.parametrize("name", FORCED)
def test_force_reads_it_all_the_same(run: Run, folder: Path, name: str) -> None:
    """What seemed wrong is read as it was told, in Python, too."""
    text = next(case[1] for case in CASES if case[0] == name)
    (folder / "raw.csv").write_text(text)
    assert run("import", "raw.csv", "-o", "x.json", "--force").status == 0
    assert atoopt.read_orders("raw.csv", force=True).instance == atoopt.load("x.json")
    with pytest.raises(InputError, match="--force"):
        atoopt.read_orders("raw.csv")


@pytest.mark.parametrize("name", HELPED)
def test_the_option_that_is_named_helps(run: Run, folder: Path, name: str) -> None:
    """Typed as it stands in the message, the table is read."""
    text, options = next(case[1:3] for case in CASES if case[0] == name)
    (folder / "raw.csv").write_text(text)
    err = run("import", "raw.csv", "-o", "x.json", *shlex.split(options)).err
    given = err.partition("; give ")[2].partition(" (--force")[0]
    found = run("import", "raw.csv", "-o", "x.json", *shlex.split(given))
    assert found.status == 0, found.err


def test_customers_are_no_orders() -> None:
    """Whoever bought two products of a row each has not sent order lines; a customer in each row is a number."""
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({name: rng.integers(0, n, 100).astype(str) for name, n in (("customer", 40), ("product", 9))})
    assert atoopt.read_orders(frame).n_orders == 100
    often = frame.assign(product=rng.integers(0, 3, 100).astype(str)).rename(columns={"customer": "serial"})
    assert atoopt.read_orders(often).n_orders == 100  # pairs that come again are no lines of an order
    frame["customer"] = [f"C{k}" for k in range(100)]
    with pytest.raises(InputError, match="give --drop customer"):
        atoopt.read_orders(frame)


def test_plain_tables_look_like_nothing_else() -> None:
    """Choices that are numbers, few rows and seldom values are no reason to refuse a table."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({
        "engine": rng.choice(["1.4", "1.6", "2.0"], 60), "doors": rng.choice(["3", "5"], 60),
        "colour": rng.choice([f"RAL {k}" for k in range(18)], 60), "tow bar": rng.choice(["0", "1"], 60),
        "customer": rng.choice(["trade", "private"], 60), "order": rng.choice(["web", "shop"], 60),
        "product": rng.choice(["city", "sport"], 60), "batch": rng.choice(["A", "B"], 60),
    })  # fmt: skip
    assert atoopt.read_orders(frame).n_orders == 60
    assert atoopt.read_orders(frame.head(4)).n_orders == 4
    frame["colour"] = [f"RAL {k % 18}" for k in range(60)]
    assert atoopt.read_orders(frame.head(30)).n_orders == 30
    lines = pd.DataFrame({"order": ["1", "2", "3"], "component": ["oven", "sink", "oven"]})
    assert atoopt.read_orders(lines, layout="long").n_orders == 3
    numbers = {"Teil": ["T1", "T2", "T3"], "Bedarf": [1.5, 20.0, 30.0], "Lose": [3, 4, 4], "Stahl": ["a", "a", "b"]}
    with pytest.raises(InputError, match=r'"Teil" is not a known column; give --drop Teil, or --rename Teil=NAME'):
        atoopt.read_parts(pd.DataFrame(numbers))


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ('"frame, size";"gear, type"\n"a, b";c\n', ";"),
        ('"frame\n, size, x"\tgear\na\tc\n', "\t"),
        ("price, EUR;size;gear\n1,5;2;a\n2,5;3;b\n", ";"),
        ("a|b\n1,5|2,5\n", "|"),
        ('"a;b;c",d\nx,y\n', ","),
        ("a,b\n1,2\n", ","),
        ("alone\nx\n", ","),
    ],
)
def test_quotes_do_not_mislead(text: str, sign: str) -> None:
    """Signs within quotes separate nothing, and a sign must give each row as many cells."""
    assert recognized(text) == sign


def test_the_separator_is_named(run: Run, folder: Path) -> None:
    """Where it was recognized, not where it was given."""
    (folder / "raw.csv").write_text(WIDE.replace(",", "\t"))
    assert "atoopt: cells are separated by a tab (recognized" in run("import", "raw.csv", "-o", "x.json").err
    assert "separated" not in run("import", "raw.csv", "-o", "x.json", "--separator", "\t").err


def test_an_encoding_error_names_the_option(run: Run, folder: Path) -> None:
    """And the option then reads the file; a spreadsheet's "Unicode text" is one case."""
    for encoding in ("cp1252", "utf-16"):
        (folder / "raw.csv").write_text(WIDE.replace("steel", "grün"), encoding=encoding)
        assert "--encoding cp1252 or utf-16" in run("import", "raw.csv", "-o", "x.json").err
        assert run("import", "raw.csv", "-o", "x.json", "--encoding", encoding).status == 0
        assert "frame=alloy" in (folder / "x.json").read_text() and "gear=chain" in (folder / "x.json").read_text()


def test_the_own_examples_are_orders() -> None:
    """Generated histories look like orders, not like something else."""
    from atoopt.stock import harness_orders

    assert atoopt.read_orders(harness_orders(300, seed=5)).n_orders == 300


MORE_LINES = [
    ("Sales order no.,Item no.,Pos\n", "Sales order no.", "Item no."),
    ("Auftragsnr,Artikelnummer,Position\n", "Auftragsnr", "Artikelnummer"),
    ("order_id,product_name,line\n", "order_id", "product_name"),
    ("Auftragsnr,Position,Artikelnummer\n", "Auftragsnr", "Artikelnummer"),
]


@pytest.mark.parametrize(("header", "order", "component"), MORE_LINES)
def test_lines_by_other_names(header: str, order: str, component: str, tmp_path: Path) -> None:
    """Article numbers are components, numbers of lines are not."""
    rows = [f"{100 + k},{4700 + i},{4700 + i}\n" for k in range(9) for i in range(1 + k % 3)]
    (tmp_path / "raw.csv").write_text(header + "".join(rows))
    with pytest.raises(InputError, match="order lines") as error:
        atoopt.read_orders(tmp_path / "raw.csv")
    order, component = shlex.quote(order), shlex.quote(component)
    assert f"--order-column {order} --component-column {component} --drop" in error.value.remedy


def test_texts_are_components_rather_than_numbers(tmp_path: Path) -> None:
    """Where two columns could be the component, the one of texts is."""
    rows = [f"{k},{7 * (3 * k + i) % 20},{'abc'[i]}\n" for k in range(9) for i in range(3)]
    (tmp_path / "raw.csv").write_text("order,material,item\n" + "".join(rows))
    with pytest.raises(InputError, match="--component-column item --drop material"):
        atoopt.read_orders(tmp_path / "raw.csv")


def test_a_sheet_as_people_leave_it(tmp_path: Path) -> None:
    """Rows and columns of nothing are passed over; a column without a name, or of another's, is refused."""
    openpyxl = pytest.importorskip("openpyxl", reason="needs pip install 'atoopt[excel]'")
    file = tmp_path / "raw.xlsx"
    rows = [["roof", "radio", None], ["plain", "yes", None], [None, None, None], ["glass", "yes", None]]

    def write(*rows: list[str | None]) -> Path:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.active["F9"] = " "
        book.save(file)
        return file

    found = atoopt.read_orders(write(*rows))
    assert (found.n_orders, found.base) == (2, {"roof": "glass", "radio": "yes"})
    for header, says in (
        (["roof", None], "column 2: has no name"),
        (["roof", "roof"], 'is named "roof" like column 1'),
    ):
        with pytest.raises(InputError, match=says):
            atoopt.read_orders(write(header, ["a", "b"], ["c", "d"]))
    with pytest.raises(InputError, match='line 4, column "n": is "x"'):
        atoopt.read_orders(write(["a", "n"], ["x", "1"], [None, None], ["y", "x"]), demand="n")
    with pytest.raises(InputError, match="header and no rows"):
        atoopt.read_orders(write(["a", "n"]))
    with pytest.raises(InputError, match="is empty"):
        atoopt.read_orders(write())


@pytest.mark.parametrize(("start", "ending"), [(b"PK\3\4", ".xlsx"), (b"PAR1", ".parquet")])
def test_a_workbook_by_another_name(start: bytes, ending: str, tmp_path: Path) -> None:
    """What is no text is told by its first bytes, not as a fault of the encoding."""
    (tmp_path / "raw.csv").write_bytes(start + bytes(99))
    with pytest.raises(InputError, match=f"looks like a {ending} file; end its name in {ending}"):
        atoopt.read_orders(tmp_path / "raw.csv")


def test_dropped_by_the_new_name(tmp_path: Path) -> None:
    """A message names columns as they are read: these names are understood, too."""
    (tmp_path / "raw.csv").write_text(WIDE)
    how = {"rename": {"gear": "shift"}, "drop": ("shift",)}
    assert list(atoopt.read_orders(tmp_path / "raw.csv", **how).base) == ["frame", "light"]
    with pytest.raises(InputError, match="order_column: has no meaning for layout wide; give --layout long"):
        atoopt.read_orders(tmp_path / "raw.csv", order_column="gear")
