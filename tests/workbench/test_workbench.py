"""What-ifs: changed data, sweeps, comparisons, solutions judged elsewhere, tables for other programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import atoopt
from atoopt.base.errors import InputError
from atoopt.cli import main
from atoopt.workbench import changed
from atoopt.workbench.evaluating import evaluated
from atoopt.workbench.ranges import parse_range

STOCK, POLICY = "instances/stock/uniform-5.json", "instances/policy/plates-12.json"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return results in files: a stock, a slower one, and two policies."""
    folder = tmp_path_factory.mktemp("results")
    stock, policy = atoopt.load(STOCK), atoopt.load(POLICY)
    results = {
        "now": atoopt.solve(stock), "slower": atoopt.solve(changed(stock, {"max_mean_assembly_time": 1.2})),
        "p": atoopt.solve(policy), "q": atoopt.solve(policy, objective="pallets"),
    }  # fmt: skip
    for name, result in results.items():
        result.save(str(folder / f"{name}.json"))
    return {name: str(folder / f"{name}.json") for name in results}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"costs.final": 1}, "costs.final: is not a known key"),
        ({"cost": 1}, 'cost: has no key "cost"'),
        ({"costs.final_assembly": "x"}, "costs.final_assembly: is a text"),
        ({"products.99.demand": 1}, 'has no entry "99"'),
        ({"name.x": 1}, "has nothing inside"),
    ],
)
def test_changes_that_are_refused(change: dict[str, Any], words: str) -> None:
    """Each names the key."""
    with pytest.raises(InputError) as caught:
        changed(atoopt.load(STOCK), change)
    assert words in str(caught.value)


def test_changes_go_into_lists() -> None:
    """By number, or by the id of a part; the instance stays as it was."""
    stock, policy = atoopt.load(STOCK), atoopt.load(POLICY)
    assert changed(stock, {"products.0.demand": 7}).products[0].demand == 7
    part = policy.ids[3]
    assert changed(policy, {f"parts.{part}.batch": 50}).parts[3].batch == 50
    assert policy == atoopt.load(POLICY)


def test_a_sweep_is_as_many_solves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same costs as one by one; what cannot be kept says so, and is unknown."""
    stock = atoopt.load(STOCK)
    table = atoopt.sweep(stock, {"max_mean_assembly_time": [0.6, 0.9], "max_modules": [8, None]}, "milp")
    assert table["status"].tolist() == ["infeasible", "optimal", "infeasible", "optimal"]
    alone = [atoopt.solve(stock.replace(max_mean_assembly_time=T)).objective for T in (0.6, 0.9)]
    assert table["cost"].dropna().tolist() == pytest.approx(alone)
    file = tmp_path / "s.csv"
    assert (
        main(["sweep", STOCK, "--over", "max_mean_assembly_time=0.6:0.9:2", "-o", str(file), "-q", "--method", "milp"])
        == 0
    )
    assert pd.read_csv(file)["cost"].tolist() == pytest.approx(alone)
    capsys.readouterr()
    assert main(["sweep", STOCK, "--over", "max_modules=9", "--json", "--method", "milp"]) == 0
    assert len(json.loads(capsys.readouterr().out)["rows"]) == 1


@pytest.mark.parametrize("text", ["", "a", "=1", "a=", "a=1:2:x", "a=1:2:1", "a=x:2:3"])
def test_ranges_that_are_none(text: str) -> None:
    """They say how one is written."""
    with pytest.raises(InputError, match="write KEY="):
        parse_range(text)


def test_stocks_side_by_side(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """With the instance and without it, the same modules enter and leave."""
    stock = atoopt.load(STOCK)
    a, b = (evaluated(stock, json.loads(Path(files[name]).read_text())) for name in ("now", "slower"))
    found = atoopt.compare([a, b])
    several = [{" + ".join(module) for module in each.modules if len(module) > 1} for each in (a, b)]
    assert set(found.entering("B")) == several[1] - several[0]
    assert set(found.leaving("B")) == several[0] - several[1]
    assert found.terms.loc["cost"].tolist() == pytest.approx([a.cost, b.cost])
    outputs = []
    for extra in ([], ["--instance", STOCK]):
        assert main(["compare", files["now"], files["slower"], "--json", *extra]) == 0
        outputs.append(json.loads(capsys.readouterr().out))
    assert outputs[0]["items"] == outputs[1]["items"]
    assert len(outputs[0]["products"]) == len(outputs[1]["products"]) == len(found.products)


def test_policies_side_by_side(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """The parts that move."""
    assert main(["compare", files["p"], files["q"], "-i", POLICY, "--json"]) == 0
    policies = [json.loads(Path(files[name]).read_text())["solution"]["policy"] for name in "pq"]
    moved = {part for part in policies[0] if policies[0][part] != policies[1][part]}
    assert {row["what"] for row in json.loads(capsys.readouterr().out)["items"]} == moved


def test_a_stock_judged_elsewhere(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """What it costs here, and which limits it breaks: an answer, not a failure."""
    assert main(["evaluate", STOCK, files["slower"], "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert not found["feasible"]
    assert found["objective"] == pytest.approx(json.loads(Path(files["slower"]).read_text())["objective"])
    assert main(["evaluate", STOCK, files["slower"], "--set", "max_mean_assembly_time=null", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["feasible"]
    assert main(["evaluate", POLICY, files["p"], "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["feasible"]


@pytest.mark.parametrize(
    "command",
    [
        ["evaluate", POLICY, "now"], ["evaluate", STOCK, "p"], ["evaluate", STOCK, STOCK], ["compare", "now"],
        ["compare", "now", "p"], ["compare", "now", "now"], ["compare", "now", STOCK], ["table", STOCK, "-o", "x.csv"],
        ["table", "now", "-o", "x.doc"], ["table", "now", "-o", "now"], ["sweep", STOCK, "--over", "x=1"],
        ["solve", STOCK, "--set", "x"], ["solve", STOCK, "--set", "costs=1"], ["sweep", STOCK],
    ],
)  # fmt: skip
def test_bad_input(
    command: list[str], files: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, exit status 2, nothing written."""
    words = [str(tmp_path / word) if word.startswith("x.") else files.get(word, word) for word in command]
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1), err
    assert list(tmp_path.iterdir()) == []


def test_tables_for_other_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What a spreadsheet would run is text in it; a workbook has a sheet for each table."""
    pytest.importorskip("openpyxl", reason="needs pip install 'atoopt[excel]'")
    result = {
        "solution": {
            "modules": [["=1+1", "@b"], ["=1+1"], ["@b"]], "use": [1.0, 0.0, 0.0], "products": {"-x": [0]},
            "mean_assembly_time": 0.0, "costs": {"preassembly": 1.0},
        }
    }  # fmt: skip
    (tmp_path / "r.json").write_text(json.dumps(result))
    for ending in ("csv", "xlsx"):
        assert main(["table", str(tmp_path / "r.json"), "-o", str(tmp_path / f"t.{ending}")]) == 0
    assert "'=1+1 + @b" in (tmp_path / "t.csv").read_text()
    sheets = pd.read_excel(tmp_path / "t.xlsx", sheet_name=None)
    assert list(sheets) == ["modules", "products", "numbers"]
    assert sheets["products"]["product"].tolist() == ["-x"]  # held as text, without a sign of its own
    assert "3 modules, 1 products" in capsys.readouterr().out
