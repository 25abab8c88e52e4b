"""`atoopt import`: the options reach the reader, the instance is written, the notes go to standard error."""

from __future__ import annotations

from pathlib import Path

import pytest

import atoopt
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
