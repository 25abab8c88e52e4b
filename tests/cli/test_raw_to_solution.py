"""Three raw data sets, from file to report page in five commands, none Python; every number is the checker's."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pandas as pd
import pytest

import atoopt
from tests import raw_data
from tests.cli.conftest import Run

WAYS = {
    "bicycles": """
        import bicycles.csv -o bicycles.json --encoding cp1252 --drop Bestellnummer --demand Menge --decimal ,
            --date Tag --from 2025-07-01 --none ohne --min-share 0.1 --max-mean-assembly-time 1
        solve bicycles.json --method greedy -o result.json --json
        check bicycles.json result.json --json
        table result.json -o stock.csv
        report bicycles.json result.json -o page.html""",
    "kitchens": """
        import kitchens.csv -o kitchens.json --layout long --order-column 'Order no' --component-column Article
            --rename Qty=quantity --date Delivery --to 2026-03-31 --max-mean-assembly-time 3.5 --max-modules 20
        solve kitchens.json --method greedy -o result.json --json
        check kitchens.json result.json --json
        table result.json -o stock.csv
        report kitchens.json result.json -o page.html""",
    "plates": """
        import plates.xlsx -o plates.json --problem policy --rename 'Part no.=id' --rename 'Lot size=batch'
            --drop Drawing --drop Material
        solve plates.json -o result.json --json
        check plates.json result.json --json
        table result.json -o stock.csv
        report plates.json result.json -o page.html""",
}
"""Data set -> its commands, a new one where a line is not indented further."""

FIRST = {
    "bicycles.csv": ["--encoding cp1252", "--drop Bestellnummer --demand Menge --decimal , --drop Tag"],
    "kitchens.csv": ["--layout long --order-column 'Order no' --component-column Article --rename Qty=quantity "
                     "--drop Delivery"],
    "plates.xlsx": ["--problem policy", "--rename 'Part no.'=id", "--drop Drawing", "--rename 'Lot size'=batch",
                    "--drop Material"],
}  # fmt: skip
"""File -> what each message names in turn, until a bare import is done."""


@pytest.fixture
def raw(folder: Path) -> None:
    """Make the three data sets."""
    pytest.importorskip("openpyxl", reason="needs pip install 'atoopt[excel]'")
    for make in (raw_data.bicycles, raw_data.kitchens, raw_data.sheet_metal):
        make(folder)


@pytest.mark.usefixtures("raw")
@pytest.mark.parametrize("name", WAYS)
def test_from_raw_file_to_solution(run: Run, folder: Path, name: str) -> None:
    """At most five commands; the checker finds what solution and page claim, and the table has as many rows."""
    commands = [shlex.split(text) for text in re.split(r"\n {8}(?! )", WAYS[name])[1:]]
    assert len(commands) <= 5
    outcomes = [run(*command) for command in commands]
    assert [(outcome.status, outcome.err if outcome.status else "") for outcome in outcomes] == 5 * [(0, "")]
    solved, checked = outcomes[1].json["solution"], outcomes[2].json
    assert checked["ok"]
    numbers = ("pallets", "setup_hours") if name == "plates" else ("mean_assembly_time", "n_modules", "costs")
    assert all(checked[key] == pytest.approx(solved[key]) for key in numbers)
    rows = len(solved["policy"] if name == "plates" else solved["modules"])
    assert len(pd.read_csv(folder / "stock.csv")) == rows
    page = (folder / "page.html").read_text("utf-8")
    if name == "plates":
        shown = [f"{checked['pallets']:.2f} pallets", f"{checked['setup_hours']:.2f} set-up hours a year"]
    else:
        cost = f"{sum(checked['costs'].values()):.6g}"
        shown = [f"Hold {checked['n_modules']} modules", f"<td>{cost}</td>", f"{checked['mean_assembly_time']:.4g} ("]
        shown += [f"<td>{value:.6g}</td>" for value in checked["costs"].values()]
    assert all(text in page for text in shown)


@pytest.mark.usefixtures("raw")
@pytest.mark.parametrize("file", FIRST)
def test_each_message_leads_on(run: Run, folder: Path, file: str) -> None:
    """Who starts with the bare command is told, step by step, what to add; nothing is written before."""
    given: list[str] = []
    for option in FIRST[file]:
        found = run("import", file, "-o", "x.json", *given)
        named = option.partition("=")[0] if "rename" in option and "Qty" not in option else option
        assert (found.status, found.err.count("\n")) == (2, 1) and named in found.err, found.err
        assert not (folder / "x.json").exists()
        given += shlex.split(option)
    assert run("import", file, "-o", "x.json", *given).status == 0


@pytest.mark.usefixtures("raw")
def test_what_is_in_them(folder: Path) -> None:
    """The sums of the raw tables are those of the instances, in Python and from a DataFrame, too."""
    table = pd.read_csv("bicycles.csv", sep=";", decimal=",", encoding="cp1252")
    found = atoopt.read_orders(table, drop=("Bestellnummer", "Tag"), demand="Menge", none=("ohne",))
    assert found.n_orders == pytest.approx(table["Menge"].sum())
    assert found.base["Licht"] == "" and found.base["Rahmen"] == "Stahl"
    lines = pd.read_csv("kitchens.csv")
    names = {"order_column": "Order no", "component_column": "Article", "drop": ("Delivery", "Qty")}
    kitchens = atoopt.read_orders(lines, layout="long", **names)
    assert kitchens.n_orders == lines["Order no"].nunique()
    assert set(kitchens.instance.components) == set(raw_data.ARTICLES)
    parts = pd.read_excel("plates.xlsx")
    how = {"rename": {"Part no.": "id", "Lot size": "batch"}, "drop": ("Drawing", "Material")}
    plates = atoopt.read_parts(parts, name="plates", **how)
    assert plates == atoopt.read_parts(folder / "plates.xlsx", **how)
    assert plates.annual_demand.sum() == parts["Annual demand"].sum()


def test_made_anew_they_are_the_same(tmp_path: Path) -> None:
    """The same seed gives the same bytes, another one others."""
    texts = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        (tmp_path / name).mkdir()
        texts.append([make(tmp_path / name, seed).read_bytes() for make in (raw_data.bicycles, raw_data.kitchens)])
    assert texts[0] == texts[1] and texts[0][0] != texts[2][0] and texts[0][1] != texts[2][1]
