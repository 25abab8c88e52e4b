"""`atoopt import`: the options reach the reader, the instance is written, the notes go to standard error."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import atoopt
from atoopt.stock import evaluate_masks
from tests.cli.conftest import ROOT, Run

CARS = ROOT.parent / "shared/data/car_orders.csv"

WIDE = "roof,radio\nplain,yes\nglass,yes\nplain,no\nplain,yes\nopen,yes\n"


@pytest.fixture(autouse=True)
def orders(folder: Path) -> None:
    """Write a small history of each layout."""
    (folder / "wide.csv").write_text(WIDE)
    (folder / "semicolons.csv").write_text(WIDE.replace(",", ";"))
    (folder / "binary.csv").write_text("glass,open\n1,0\n0,0\n0,1\n0,1\n")
    (folder / "long.csv").write_text("order,component\n7,glass\n7,radio\n8,glass\n")


def test_wide_history(run: Run) -> None:
    """The base values are no components, and what was dropped is said on standard error."""
    status, out, err = run("import", "wide.csv", "-o", "i.json", "--max-mean-assembly-time", "0.5")
    assert status == 0 and "components          3" in out
    assert "orders" in err and "base" in err
    assert all(line.startswith("atoopt: ") for line in err.splitlines())
    instance = atoopt.load("i.json")
    assert instance.components == ("roof=glass", "roof=open", "radio=no")
    assert instance.max_mean_assembly_time == 0.5 and instance.name == "wide"
    assert list(instance.costs.model_dump().values()) == [1.0, 2.0, 0.4, 10.0]


@pytest.mark.parametrize(
    ("arguments", "components"),
    [
        (("wide.csv", "--no-base"), ("roof=plain", "roof=glass", "roof=open", "radio=yes", "radio=no")),
        (("wide.csv", "--base", "roof=glass"), ("roof=plain", "roof=open", "radio=no")),
        (("wide.csv", "--base-component", "car"), ("car", "roof=glass", "roof=open", "radio=no")),
        (("semicolons.csv", "--separator", ";"), ("roof=glass", "roof=open", "radio=no")),
        (("binary.csv", "--layout", "binary"), ("glass", "open")),
        (("binary.csv", "--layout", "binary", "--min-share", "0.5"), ("open",)),
        (("long.csv", "--layout", "long"), ("glass", "radio")),
    ],
)
def test_options_reach_the_reader(run: Run, arguments: tuple[str, ...], components: tuple[str, ...]) -> None:
    """Layout, base and share decide the components."""
    assert run("import", *arguments, "-o", "i.json").status == 0
    assert atoopt.load("i.json").components == components


def test_costs_and_name(run: Run) -> None:
    """Costs are given in the order of the equations, and the name may be chosen."""
    assert run("import", "wide.csv", "-o", "i.json", "--costs", "1,0.4,0.1,9", "--name", "roofs").status == 0
    instance = atoopt.load("i.json")
    assert instance.name == "roofs"
    assert list(instance.costs.model_dump().values()) == [1.0, 0.4, 0.1, 9.0]


def test_json_is_one_object(run: Run) -> None:
    """With --json, standard output holds the facts as one object."""
    data = run("import", "wide.csv", "-o", "i.json", "--json").json
    assert data["orders"] == 5 and data["file"] == "i.json" and len(data["notes"]) >= 3


def test_the_closing_table(run: Run, folder: Path) -> None:
    """Options with take rates, what was dropped, the base and the best-selling products; all of it with --all."""
    out = run("import", "wide.csv", "-o", "i.json").out
    for line in ("roof=glass           20.0%", "roof                    plain", "40.0%       2  (base)"):
        assert line in out
    wide = ",".join(f"f{k}" for k in range(30)) + "\n"
    rows = [",".join("x" if i == k else "o" for k in range(30)) for i in range(30)] + 10 * [",".join(30 * "o")]
    (folder / "many.csv").write_text(wide + "\n".join(rows) + "\n")
    brief, full = (run("import", "many.csv", "-o", "i.json", *more).out for more in ((), ("--all",)))
    assert "... and 10 more (--all lists them)" in brief and "f29=x" not in brief
    assert "more (--all" not in full and full.count("=x ") >= 30 and "f29                     o" in full
    assert "dropped" in run("import", "wide.csv", "-o", "i.json", "--min-share", "0.3", "--base", "roof=open").out


def test_the_closing_table_as_json(run: Run) -> None:
    """Numbers, not prose."""
    data = run("import", "wide.csv", "-o", "i.json", "--min-share", "0.2", "--json").json
    assert data["take_rates"] == {"radio=no": 0.2, "roof=glass": 0.2, "roof=open": 0.2}
    assert data["base"] == {"roof": "plain", "radio": "yes"} and data["dropped"] == {}
    assert data["best_selling"][0] == {"components": [], "orders": 2.0, "share": 0.4}


def test_no_limit_on_the_assembly_is_said(run: Run) -> None:
    """With what it means: the time of single components only, by the evaluator, and what then counts."""
    err = run("import", "wide.csv", "-o", "i.json", "--no-base").err
    singles = evaluate_masks(atoopt.load("i.json"), ()).mean_assembly_time
    assert f"it may be up to {singles:.4g} (single components only)" in err
    assert "--max-mean-assembly-time limits it" in err
    assert "no limit" not in run("import", "wide.csv", "-o", "i.json", "--max-mean-assembly-time", "1").err


def test_limits_are_options(run: Run) -> None:
    """Cost basis, most modules and delivery ratio reach the instance, and are refused as others are."""
    assert run("import", "wide.csv", "-o", "i.json", "--cost-basis", "usage", "--max-modules", "3",
               "--delivery-ratio", "0.9:2").status == 0  # fmt: skip
    instance = atoopt.load("i.json")
    assert (instance.cost_basis, instance.max_modules) == ("usage", 3)
    assert instance.delivery_ratio.model_dump() == {"max_assembly_time": 2.0, "min_share": 0.9}
    for option, value, says in (
        ("--cost-basis", "weight", "--cost-basis"), ("--max-modules", "0", "max-modules"),
        ("--delivery-ratio", "0.9", "--delivery-ratio"), ("--delivery-ratio", "2:2", "delivery_ratio.min_share"),
    ):  # fmt: skip
        found = run("import", "wide.csv", "-o", "new.json", option, value)
        assert found.status == 2 and says in found.err and found.err.count("\n") == 1


def test_a_workbook_of_several_sheets(run: Run, folder: Path) -> None:
    """Which one is meant must be said."""
    pytest.importorskip("openpyxl", reason="needs pip install 'atoopt[excel]'")
    table = pd.DataFrame({"roof": list("aab"), "radio": list("xyy")})
    with pd.ExcelWriter(folder / "two.xlsx") as book:
        for name in ("notes", "orders"):
            table.to_excel(book, sheet_name=name, index=False)
    err = run("import", "two.xlsx", "-o", "new.json").err
    assert 'the workbook has 2 sheets; name one by --sheet: "notes", "orders"' in err
    assert run("import", "two.xlsx", "-o", "new.json", "--sheet", "orders").status == 0
    assert 'no sheet "x"' in run("import", "two.xlsx", "-o", "new.json", "--sheet", "x").err


def test_existing_instance_survives_a_fault(run: Run, folder: Path) -> None:
    """An import that fails leaves the old instance as it was."""
    (folder / "i.json").write_text("old")
    assert run("import", "wide.csv", "-o", "i.json", "--min-share", "0.9").status == 2
    assert (folder / "i.json").read_text() == "old"


@pytest.mark.skipif(not CARS.exists(), reason="the real order history is not part of the project")
def test_real_cars(run: Run) -> None:
    """The real history at 10 % gives 38 components and 295 products with the base."""
    run("import", CARS, "-o", "cars.json", "--min-share", "0.10", "--max-mean-assembly-time", "2.0")
    instance = atoopt.load("cars.json")
    assert (instance.n_components, instance.n_products) == (38, 295)
