"""A list of parts as CSV: what becomes of it, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import atoopt
from atoopt.base.errors import InputError
from atoopt.cli import main
from atoopt.policy.data.parts import read_parts

HEADER = (
    "id,annual_demand,orders_per_year,batch,order_cost,holding_cost,pieces_per_pallet,shape,long_side_mm,"
    "short_side_mm,thickness_mm,layers,setup_hours_cutting,setup_hours_bending,run_hours_per_piece_cutting,"
    "fixed_policy,same_policy"
)
ROWS = [
    "A,4800,96,400,,,12,,,,,,0.2,0.1,0.01,MTS,",
    "B,100,4,,10,2,,U,390,190,10,4,0.2,,0.01,,pair",
    "C,100,4,50,,,8,,,,,,0.2,,0.01,,pair",
]


def write(folder: Path, *rows: str, header: str = HEADER) -> Path:
    """Write a file of parts."""
    file = folder / "parts.csv"
    file.write_text("\n".join([header, *rows]) + "\n")
    return file


def test_every_column(tmp_path: Path) -> None:
    """Batch or Harris, pallet quantity or geometry, times by prefix, fixed policies and groups."""
    instance = read_parts(write(tmp_path, *ROWS))
    assert instance.name == "parts"
    assert instance.ids == ("A", "B", "C")
    assert instance.batch.tolist() == [400, 32, 50]
    assert instance.pieces_per_pallet.tolist() == [12, 48, 8]
    assert instance.parts[0].setup_hours == {"cutting": 0.2, "bending": 0.1}
    assert instance.parts[1].setup_hours == {"cutting": 0.2}
    assert instance.fixed_policy == {"A": "MTS"}
    assert instance.same_policy == (("B", "C"),)


def test_import_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command writes an instance that loads, tells the surprises, and knows other pallets."""
    file, target = write(tmp_path, *ROWS, "D,10,1,20,,,5,,,,,,0.2,,0.01,,"), tmp_path / "out.json"
    arguments = ["import", str(file), "-o", str(target), "--problem", "policy", "--pallet", "1000x1000"]
    assert main(arguments) == 0
    assert "1 parts have a batch larger than the year's demand: D" in capsys.readouterr().err
    instance = atoopt.load(target)
    assert instance.n_parts == 4
    assert instance.pieces_per_pallet.tolist()[1] == 40  # [1000/200][1000/400] = 10, four layers


RAW = """Part no;Annual demand;Orders per year;BATCH;Pieces per pallet;Setup hours säge;Colour
A;4.800,5;96;400;12;0,2;red
B;100;4;50;8;1,25;blue
;;;;;;
"""
HOW = {"rename": {"Part no": "id"}, "drop": ("Colour",)}


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """Write parts as they come: other names, semicolons, decimal commas, an encoding, a row of nothing."""
    file = tmp_path / "raw.csv"
    file.write_text(RAW, encoding="cp1252")
    return file


def test_parts_as_they_come(raw: Path, tmp_path: Path) -> None:
    """Whatever orders can be read from, parts can: separators, commas, encodings, workbooks, Parquet, DataFrames."""
    expected = atoopt.read_parts(raw, decimal=",", encoding="cp1252", **HOW)
    assert expected.annual_demand.tolist() == [4800.5, 100.0]
    assert expected.parts[1].setup_hours == {"säge": 1.25}
    frame = pd.read_csv(raw, sep=";", decimal=",", thousands=".", encoding="cp1252").dropna(how="all")
    assert atoopt.read_parts(frame, name="raw", **HOW) == expected
    columns = [column for column in frame.columns if column != "Colour"]
    assert atoopt.read_parts(frame, name="raw", columns=columns, rename={"Part no": "id"}) == expected
    pytest.importorskip("openpyxl", reason="needs pip install 'atoopt[excel]'")
    pytest.importorskip("pyarrow", reason="needs pip install 'atoopt[parquet]'")
    frame.to_excel(tmp_path / "raw.xlsx", index=False)
    frame.to_parquet(tmp_path / "raw.parquet")
    for ending in ("xlsx", "parquet"):
        assert atoopt.read_parts(tmp_path / f"raw.{ending}", **HOW) == expected
        # numbers of a workbook have no decimal sign that could be told
        assert atoopt.read_parts(tmp_path / f"raw.{ending}", decimal=",", **HOW) == expected


def test_parts_by_command(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The options are those of orders, and keys of the instance can be set on the way."""
    target = raw.with_suffix(".json")
    command = ["import", str(raw), "-o", str(target), "--problem", "policy", "--rename", "Part no=id", "--drop",
               "Colour", "--decimal", ",", "--encoding", "cp1252", "--set", "parts.B.batch=60"]  # fmt: skip
    assert main(command) == 0, capsys.readouterr().err
    assert 'cells are separated by ";"' in capsys.readouterr().err
    assert atoopt.load(target).batch.tolist() == [400, 60]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--drop", "Colour"), "give --drop 'Part no', or --rename 'Part no'=NAME"),
        (("--rename", "Part no=id", "--drop", "Colour"), '--decimal ","'),
        (("--rename", "Part no=Colour"), 'rename: makes two columns "Colour"'),
        (("--rename", "Part no="), "rename: makes a column without a name"),
        (("--rename", "nobody=id"), '--rename: no column "nobody"'),
        (("--rename", "id"), "write COLUMN=NAME"),
        (("--columns", "Part no,nobody"), '--columns: no column "nobody"'),
        (("--sheet", "x"), "--sheet: has no meaning for a text"),
        (("--demand", "Batch"), "--demand: has no meaning for this problem"),
        (("--from", "2026-01-01"), "--from: has no meaning for this problem"),
        (("--force",), "--force: has no meaning for this problem"),
        (("--all",), "--all: has no meaning for this problem"),
        (("--rename", "Colour=id", "--rename", "Part no=ID"), '"id" stands twice'),
    ],
)
def test_bad_options(raw: Path, options: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One line, exit status 2, nothing written."""
    target = raw.with_suffix(".json")
    command = ["import", str(raw), "-o", str(target), "--problem", "policy", "--encoding", "cp1252", *options]
    assert main(command) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and says in err, err
    assert not target.exists()


def test_no_table_is_refused() -> None:
    """What is neither a path nor a table is told apart."""
    with pytest.raises(InputError, match="is NoneType"):
        atoopt.read_parts(None)


BAD = [
    ([], HEADER, "has a header and no rows"),
    (["A,1"], HEADER, "line 2: has 2 cells where the header has 17"),
    (["A,many,4,50,,,8,,,,,,,,,,"], HEADER, 'line 2, column "annual_demand": is "many"'),
    (["A,nan,4,50,,,8,,,,,,,,,,"], HEADER, 'line 2, column "annual_demand": is "nan"'),
    (["A,1_0,4,50,,,8,,,,,,,,,,"], HEADER, 'line 2, column "annual_demand": is "1_0"'),
    ([ROWS[0], "", "B,-5,4,50,,,8,,,,,,,,,,"], HEADER, 'line 4, column "annual_demand": is -5.0'),
    ([ROWS[0], ROWS[0]], HEADER, 'line 3, column "id": "A" is also the id'),
    ([",10,4,50,,,8,,,,,,,,,,"], HEADER, 'line 2, column "id": is missing'),
    (["A,10,4,,,,8,,,,,,,,,,"], HEADER, 'line 2, column "batch": is missing'),
    (["A,10,4,,5,,8,,,,,,,,,,"], HEADER, 'line 2, column "holding_cost": is missing'),
    (["A,10,4,50,,,,I,1300,100,1,2,,,,,"], HEADER, 'line 2, column "geometry": the sheet 1300 x 100 mm'),
    (["A,10,4,50,,,,W,300,100,1,2,,,,,"], HEADER, 'line 2, column "shape": is "W"'),
    (["A,10,4,50,,,8,,,,,,-1,,,,"], HEADER, 'line 2, column "setup_hours_cutting": is -1.0'),
    (["A,10,4,50,,,8,,,,,,,,,ATO,"], HEADER, 'line 2, column "fixed_policy": is "ATO"'),
    (["A,10"], "id,annual_demand", 'header: column "orders_per_year" is missing'),
    (["A,10,2,3"], "id,annual_demand,orders_per_year,colour", '"colour" is not a known column'),
    (["A,10,2,3"], "id,annual_demand,orders_per_year,id", 'is named "id" like column 1'),
    (["A,10,2,3"], "id,annual_demand,orders_per_year,", "has no name"),
    (["A;1;2"], "id;annual_demand;orders_per_year", 'column "batch": is missing'),
    (['A,"1,2'], "id,annual_demand,orders_per_year", "is not CSV"),
]


@pytest.mark.parametrize(("rows", "header", "says"), BAD, ids=[says for *_, says in BAD])
def test_bad_csv(rows: list[str], header: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each fault ends with exit status 2 and one line that names file, line and column; nothing is written."""
    file, target = write(tmp_path, *rows, header=header), tmp_path / "out.json"
    assert main(["import", str(file), "-o", str(target), "--problem", "policy"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert shown.err.startswith(f"atoopt: {file}: ")
    assert says in shown.err
    assert not target.exists()


def test_separator_must_be_one_character(tmp_path: Path) -> None:
    """A separator of two characters is refused."""
    with pytest.raises(InputError, match="is"):
        read_parts(write(tmp_path, *ROWS), separator=";;")


@pytest.mark.parametrize(
    ("row", "remedy"),
    [("x" * 131_073, "shorten it"), ('"P1"2', "write quotes inside a cell twice"), ('"P1', "close the quotes")],
)
def test_a_row_that_is_not_csv_has_its_remedy(row: str, remedy: str, tmp_path: Path) -> None:
    """A cell that is too long needs other words than one whose quotes are wrong."""
    file = tmp_path / "parts.csv"
    file.write_text(f"id,batch\n{row},3\n")
    with pytest.raises(InputError, match="line 2: ") as error:
        read_parts(str(file))
    assert remedy in error.value.remedy
