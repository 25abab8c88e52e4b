"""The best stocks known for the named instances, and the table of them; a refresh only ever improves.

``python -m tests.bench.best_known [--method M] [--time-limit S] [--jobs N] [NAME ...]`` solves the named
instances (all of them by default) and keeps a cheaper stock or a higher bound. Without solving anything,
``--table`` writes the table of ``instances/README.md`` anew.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import atoopt
from atoopt.base.gap import PROOF_TOLERANCE
from atoopt.base.writing import write_text
from atoopt.solvers.result import Result
from atoopt.stock import Evaluation, evaluate
from atoopt.stock.data.named import NAMED

INSTANCES = Path(__file__).parents[2] / "instances"
CSV = INSTANCES / "stock" / "best_known.csv"
MARK = "<!-- table of best_known.csv: python -m tests.bench.best_known --table -->"


@dataclass(frozen=True)
class Row:
    """What is known of one instance.

    Attributes
    ----------
    name, source : str
    components, products : int
    max_mean_assembly_time : float or None
    value : float
        The cost of the stock in ``best/<name>.json``.
    bound : float or None
        No stock costs less.
    status : {"optimal", "feasible"}
    value_by, bound_by : str
        The method that found the value, and the one that proved the bound (empty without a bound).
    """

    name: str
    source: str
    components: int
    products: int
    max_mean_assembly_time: float | None
    value: float
    bound: float | None
    status: str
    value_by: str
    bound_by: str


def load_instance(name: str) -> Any:
    """Return a named instance from its file."""
    return atoopt.load(INSTANCES / "stock" / f"{name}.json")


def best_stock(name: str) -> Evaluation:
    """Return the best stock known, evaluated anew."""
    solution = json.loads(_stock_file(name).read_text(encoding="utf-8"))["solution"]
    return evaluate(load_instance(name), solution["modules"])


def read_table() -> dict[str, Row]:
    """Return name -> row, in the order of `NAMED`; instances without a stock so far are missing."""
    if not CSV.exists():
        return {}
    rows = {row["name"]: _row(row) for row in csv.DictReader(io.StringIO(CSV.read_text(encoding="utf-8")))}
    return {name: rows[name] for name in NAMED if name in rows}


def improved(old: Row | None, result: Result) -> Row:
    """Return the better of what is known and what a result says, value and bound each on its own."""
    instance, value, bound = result.instance, result.objective, result.bound
    value_by, bound_by = result.method, result.method if bound is not None else ""
    if old is not None:
        if value is None or value >= old.value - 1e-9 * abs(old.value):
            value, value_by = old.value, old.value_by
        if bound is None or (old.bound is not None and bound <= old.bound):
            bound, bound_by = old.bound, old.bound_by
    assert value is not None, f"no stock is known for {instance.name}"
    bound = None if bound is None else min(bound, value)
    proven = bound is not None and value - bound <= PROOF_TOLERANCE * max(1.0, abs(value))
    return Row(
        name=instance.name,
        source=NAMED[instance.name].source,
        components=instance.n_components,
        products=instance.n_products,
        max_mean_assembly_time=instance.max_mean_assembly_time,
        value=value,
        bound=bound,
        status="optimal" if proven else "feasible",
        value_by=value_by,
        bound_by=bound_by,
    )


def refresh(names: list[str], method: str, **options: Any) -> None:
    """Solve, and keep what is better than what is known; the table is written after each instance."""
    for name in names:
        rows = read_table()
        result = atoopt.solve(load_instance(name), method, **options)
        print(result.headline(), flush=True)
        old = rows.get(name)
        if old is None and result.objective is None:
            continue
        row = improved(old, result)
        if old is None or row.value < old.value:
            save_stock(result)
        write_table({**rows, name: row})


def save_stock(result: Result) -> None:
    """Write a stock in the form that ``atoopt check`` reads."""
    modules = ",\n  ".join(json.dumps(list(names)) for names in result.solution.modules)
    head = f'"instance": {json.dumps(result.instance.name)},\n "objective": {result.objective!r}'
    _stock_file(result.instance.name).parent.mkdir(exist_ok=True)
    write_text(_stock_file(result.instance.name), f'{{{head},\n "solution": {{"modules": [\n  {modules}]}}}}\n')


def write_table(rows: dict[str, Row]) -> None:
    """Write the CSV file, and the table in the README beside it."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Row)], lineterminator="\n")
    writer.writeheader()
    ordered = [rows[name] for name in NAMED if name in rows]
    writer.writerows(asdict(row) for row in ordered)
    write_text(CSV, text.getvalue())
    readme = INSTANCES / "README.md"
    before, _, after = readme.read_text(encoding="utf-8").partition(MARK)
    rest = after.lstrip("\n")
    while rest.startswith("|"):  # this table only: others follow
        rest = rest.partition("\n")[2]
    write_text(readme, f"{before}{MARK}\n{as_markdown(ordered)}\n\n{rest.lstrip()}")


def as_markdown(rows: list[Row]) -> str:
    """Return the table for people."""
    lines = [
        "| name | source | components | products | T | best known | bound | gap | status |",
        "|---|---|--:|--:|--:|--:|--:|--:|---|",
    ]
    for row in rows:
        limit = "" if row.max_mean_assembly_time is None else f"{row.max_mean_assembly_time:g}"
        bound = "" if row.bound is None else f"{row.bound:.4f}"
        gap = "" if row.bound is None else f"{(row.value - row.bound) / row.value:.2%}"
        size = f"{row.components} | {row.products} | {limit}"
        lines.append(f"| {row.name} | {row.source} | {size} | {row.value:.4f} | {bound} | {gap} | {row.status} |")
    return "\n".join(lines)


def _row(text: dict[str, str]) -> Row:
    numbers = {
        "components": int,
        "products": int,
        "max_mean_assembly_time": float,
        "value": float,
        "bound": float,
    }
    return Row(**{key: (numbers[key](value) if value else None) if key in numbers else value
                  for key, value in text.items()})  # type: ignore[arg-type]  # fmt: skip


def _stock_file(name: str) -> Path:
    return INSTANCES / "stock" / "best" / f"{name}.json"


def main() -> None:
    """Run the command of the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.best_known", description=__doc__)
    parser.add_argument("names", nargs="*", help="named instances; all of them by default")
    parser.add_argument("--method", default="auto")
    parser.add_argument("--time-limit", type=float, default=60.0, help="seconds an instance")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--table", action="store_true", help="only write the table anew")
    given = parser.parse_args()
    if given.table:
        rows = read_table()
        write_table({name: replace(row, source=NAMED[name].source) for name, row in rows.items()})
    else:
        options = {"time_limit": given.time_limit, "jobs": given.jobs, "seed": given.seed}
        refresh(given.names or list(NAMED), given.method, **options)


if __name__ == "__main__":
    main()
