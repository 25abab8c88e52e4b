"""Raw tables: separators, workbooks, demand and date columns, and what is left out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from atoopt.base.errors import InputError
from atoopt.cli import main
from atoopt.stock.data.orders import read_orders

BICYCLES = """id;frame;gear;light;pieces;day
1;steel;chain;none;1,5;2026-01-03
2;alloy;belt;hub;2;2026-02-01
3;steel;chain;hub;1;2026-02-28
4;steel;belt;-;0;2026-03-01
5;alloy;chain;hub;3;2025-12-31
"""

KITCHENS = """Auftrag,Position,menge,date
K1,oven,1,2026-05-01
K1,sink,1,2026-05-01
K2,oven,2,2026-05-02
K3,hood,1,2026-06-01
K3,oven,0,2026-06-01
"""


@pytest.fixture
def bicycles(tmp_path: Path) -> Path:
    """Write a configurator's export: semicolons, decimal commas, a demand, dates, words for nothing."""
    file = tmp_path / "bicycles.csv"
    file.write_text(BICYCLES, encoding="utf-8-sig")
    return file


def demands(instance: object) -> dict[tuple[str, ...], float]:
    """Return products and their demands."""
    return {product.components: product.demand for product in instance.products}  # type: ignore[attr-defined]


def test_a_configurator(bicycles: Path) -> None:
    """A row counts what its demand says; one of no demand is none, and words for nothing are blank."""
    found = read_orders(
        bicycles, separator=None, drop=("id", "day"), demand="pieces", decimal=",", none=("none", "-")
    ).instance  # fmt: skip
    # of 7.5 bicycles 5 are alloy, 5.5 have a chain, 6 a hub: these are the base, and no light is no option
    assert demands(found) == {(): 3.0, ("gear=belt",): 2.0, ("frame=steel",): 2.5}
    assert sum(demands(found).values()) == pytest.approx(7.5)
    assert found.components == ("frame=steel", "gear=belt")


def test_a_range_of_dates(bicycles: Path) -> None:
    """Both ends belong to it; values of rows that are gone are no options."""
    found = read_orders(
        bicycles, separator=None, drop=("id", "pieces"), date="day", since="2026-02-01", until="2026-02-28"
    )
    assert found.n_orders == 2
    assert found.instance.components == ("frame=steel", "gear=chain")  # of two equally common, the first is the base


def test_order_lines_by_their_own_names(tmp_path: Path) -> None:
    """The layout long, with other column names, and a column too many."""
    file = tmp_path / "kitchens.csv"
    file.write_text(KITCHENS)
    found = read_orders(
        file, layout="long", order_column="Auftrag", component_column="Position", columns=("Auftrag", "Position")
    )
    assert found.n_orders == 3
    assert found.instance.components == ("oven", "hood", "sink")


def test_the_same_from_every_kind_of_file(bicycles: Path, tmp_path: Path) -> None:
    """A DataFrame, Excel and Parquet say the same as the CSV file."""
    frame = pd.read_csv(bicycles, sep=";", decimal=",")
    how = {"drop": ("id", "day"), "demand": "pieces"}
    expected = read_orders(bicycles, separator=None, decimal=",", **how).instance
    assert read_orders(frame, name="bicycles", **how).instance == expected
    pytest.importorskip("openpyxl", reason="needs pip install 'atoopt[excel]'")
    pytest.importorskip("pyarrow", reason="needs pip install 'atoopt[parquet]'")
    frame.to_excel(tmp_path / "bicycles.xlsx", index=False)
    frame.to_parquet(tmp_path / "bicycles.parquet")
    for ending in ("xlsx", "parquet"):
        assert read_orders(tmp_path / f"bicycles.{ending}", **how).instance == expected


def test_weights_count_like_repeated_rows(tmp_path: Path) -> None:
    """A demand column of whole numbers is the same as so many rows."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({name: rng.integers(0, 3, 40).astype(str) for name in "abc"})
    frame["n"] = rng.integers(0, 4, 40)
    repeated = frame.loc[frame.index.repeat(frame["n"])].drop(columns="n")
    one = read_orders(frame, demand="n", min_share=0.3)
    other = read_orders(repeated.reset_index(drop=True), min_share=0.3)
    assert one.instance == other.instance
    assert (one.n_orders, one.dropped, one.orders_losing) == (other.n_orders, other.dropped, other.orders_losing)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--drop", "nobody"], 'no column "nobody"'),
        (["--columns", "frame,nobody"], 'no column "nobody"'),
        (["--demand", "frame"], 'is "steel"'),
        (["--demand", "pieces"], 'is "1,5"; give a number of at least 0, or --decimal ","'),
        (["--date", "frame", "--from", "2026-01-01"], "no date"),
        (["--date", "day", "--from", "soon"], "no date"),
        (["--from", "2026-01-01"], "name the column of the dates"),
        (["--date", "day"], "has no range"),
        (["--date", "day", "--from", "2030-01-01"], "leave no row"),
        (["--decimal", "x"], 'write "." or ","'),
        (["--encoding", "klingon"], "no encoding"),
        (["--layout", "long", "--order-column", "nobody"], 'no column "nobody"'),
        (["--force", "--set", "cost_basis=x"], "cost_basis"),
        (["--columns", "day", "--date", "day", "--from", "2026-01-01"], "leave no column"),
    ],
)
def test_bad_input(options: list[str], words: str, bicycles: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line, exit status 2, nothing written."""
    output = bicycles.parent / "out.json"
    assert main(["import", str(bicycles), "-o", str(output), *options]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1), err
    assert words in err
    assert not output.exists()


def test_from_the_command_line(bicycles: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The separator is recognized, and keys of the instance can be set on the way."""
    output = bicycles.parent / "out.json"
    command = ["import", str(bicycles), "-o", str(output), "--drop", "id", "--demand", "pieces", "--decimal", ",",
               "--date", "day", "--from", "2026-01-01", "--none", "none,-", "--max-mean-assembly-time", "1",
               "--set", "cost_basis=usage", "--set", "max_modules=9"]  # fmt: skip
    assert main(command) == 0, capsys.readouterr().err
    data = json.loads(output.read_text())
    assert (data["cost_basis"], data["max_modules"]) == ("usage", 9)
    assert sum(product["demand"] for product in data["products"]) == pytest.approx(4.5)


def test_a_missing_workbook_is_one_line(tmp_path: Path) -> None:
    """And one that is none, too."""
    with pytest.raises(InputError, match="does not exist"):
        read_orders(tmp_path / "nothing.xlsx")
    (tmp_path / "bad.xlsx").write_text("no workbook")
    with pytest.raises(InputError, match="cannot be read"):
        read_orders(tmp_path / "bad.xlsx")


@pytest.mark.parametrize(
    ("cell", "amount"), [("1,5", 1.5), ("1.5", 1.5), ("1.500", 1500.0), ("1.500,25", 1500.25), ("2", 2.0)]
)
def test_decimal_commas(cell: str, amount: float, tmp_path: Path) -> None:
    """Points group three digits, or are what they are elsewhere; numbers of a DataFrame are never read as texts."""
    file = tmp_path / "x.csv"
    file.write_text(f"a;b;n\n1;2;{cell}\n2;1;1\n")
    assert read_orders(file, separator=";", demand="n", decimal=",").n_orders == amount + 1
    frame = pd.DataFrame({"a": ["1", "2"], "b": ["2", "1"], "n": [1.125, 1.0]})
    assert read_orders(frame, demand="n", decimal=",").n_orders == 2.125


def test_dates_with_dots_have_the_day_first(tmp_path: Path) -> None:
    """In the whole column; with slashes, what could be two dates is refused."""
    file = tmp_path / "x.csv"
    file.write_text("a,b,day\n1,2,03.02.2026\n2,1,13.02.2026\n3,1,01.03.2026\n")
    assert read_orders(file, date="day", since="2026-02-01", until="2026-02-28").n_orders == 2
    file.write_text("a,b,day\n1,2,03/02/2026\n2,1,04/02/2026\n")
    with pytest.raises(InputError, match="no date"):
        read_orders(file, date="day", since="2026-02-01")
