"""The named instances are what their generators make, and the table of best known stocks is true."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

import atoopt
from atoopt.base.gap import PROOF_TOLERANCE
from atoopt.schemas import schema
from atoopt.solvers.result import Result
from atoopt.stock.check import check
from atoopt.stock.data.named import NAMED, write_all
from tests.bench.best_known import (
    CSV,
    INSTANCES,
    MARK,
    Row,
    as_markdown,
    best_stock,
    improved,
    load_instance,
    read_table,
)

TABLE = read_table()
QUICK = (
    "frequency-4",
    "uniform-5",
    "uniform-5-set2",
    "log-normal-6",
    "sparse-8",
    "sparse-10",
    "pc-maker",
)


def test_named_instances_are_regenerated(tmp_path: Path) -> None:
    """One command writes every named instance, to the last character of the files kept."""
    for path in write_all(tmp_path):
        assert path.read_text() == (INSTANCES / "stock" / path.name).read_text(), path.name


def test_no_instance_without_generator_or_row() -> None:
    """Files, generators and table name the same instances."""
    files = {path.stem for path in (INSTANCES / "stock").glob("*.json")}
    assert files == set(NAMED) == set(TABLE)


@pytest.mark.parametrize("name", NAMED)
def test_named_instances_fit_the_schema(name: str) -> None:
    """Each file is valid by the published schema, and named after its file."""
    data = json.loads((INSTANCES / "stock" / f"{name}.json").read_text(encoding="utf-8"))
    jsonschema.validate(data, schema("stock-composition"))
    assert data["name"] == name


@pytest.mark.parametrize("name", NAMED)
def test_best_known_stock_has_its_cost(name: str) -> None:
    """The stock kept is feasible and costs what the table says; the bound is not above it."""
    row, stock, instance = TABLE[name], best_stock(name), load_instance(name)
    assert not stock.violations
    assert stock.cost == pytest.approx(row.value, rel=1e-9)
    assert row.bound is None or row.bound <= row.value
    proven = row.bound is not None and row.value - row.bound <= PROOF_TOLERANCE * max(1.0, row.value)
    assert row.status == ("optimal" if proven else "feasible")
    sizes = (instance.n_components, instance.n_products, instance.max_mean_assembly_time)
    assert (row.components, row.products, row.max_mean_assembly_time) == sizes
    assert row.source == NAMED[name].source


@pytest.mark.parametrize("name", NAMED)
def test_best_known_stock_passes_the_check(name: str) -> None:
    """The file of the stock is one that ``atoopt check`` accepts."""
    data = json.loads((INSTANCES / "stock" / "best" / f"{name}.json").read_text(encoding="utf-8"))
    assert check(load_instance(name), data).violations == ()


@pytest.mark.parametrize("name", QUICK)
def test_small_instances_are_proven_again(name: str) -> None:
    """The model, solved anew, proves the value of the table."""
    result = atoopt.solve(load_instance(name), "milp", time_limit=120)
    assert result.status == "optimal" and TABLE[name].status == "optimal"
    assert result.objective == pytest.approx(TABLE[name].value, rel=1e-6)


def test_readme_shows_the_table() -> None:
    """The table for people is made of the one for programs."""
    text = (INSTANCES / "README.md").read_text(encoding="utf-8")
    assert f"{MARK}\n{as_markdown(list(TABLE.values()))}\n\n" in text
    assert CSV.name in text


# ---- the refresh ----------------------------------------------------------------------------------


@pytest.fixture
def result() -> Result:
    """Return a result of the smallest instance: cost 21.4, optimal."""
    return atoopt.solve(load_instance("frequency-4"), "milp")


@pytest.mark.parametrize(
    ("old", "new", "value", "bound", "status", "by"),
    [
        ((30.0, 10.0), (25.0, 12.0), 25.0, 12.0, "feasible", ("new", "new")),
        ((30.0, 10.0), (35.0, 12.0), 30.0, 12.0, "feasible", ("old", "new")),
        ((30.0, 10.0), (25.0, None), 25.0, 10.0, "feasible", ("new", "old")),
        ((30.0, None), (None, 12.0), 30.0, 12.0, "feasible", ("old", "new")),
        ((30.0, 10.0), (31.0, 9.0), 30.0, 10.0, "feasible", ("old", "old")),
        ((30.0, 10.0), (12.0, 11.999999), 12.0, 11.999999, "optimal", ("new", "new")),
    ],
)
def test_refresh_only_improves(
    result: Result,
    old: tuple[float, float | None],
    new: tuple[float | None, float | None],
    value: float,
    bound: float,
    status: str,
    by: tuple[str, str],
) -> None:
    """Value and bound are each kept where the new one is no better; optimal where the two meet."""
    first = replace(result, objective=old[0], bound=old[1], method="old")
    second = replace(result, objective=new[0], bound=new[1], method="new")
    row: Row = improved(improved(None, first), second)
    assert (row.value, row.bound, row.status, (row.value_by, row.bound_by)) == (value, bound, status, by)
