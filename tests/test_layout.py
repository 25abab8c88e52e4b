"""The house is as README draws it: imports go one way, rooms stay small, and only pictures know matplotlib."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "atoopt").rglob("*.py"))

LONGEST = 300
LONG = {
    "stock/packing.py": "one kernel packs a product, exactly or by improvement: its parts are compiled as one unit",
}  # fmt: skip
"""Kernels of more lines, with the reason."""

MOST_FILES, MOST_LINES = 16, 3500


def name_of(path: Path) -> str:
    """Return a file's name as Python imports it."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in FILES}


def imports(node: ast.AST) -> Iterator[str]:
    """Yield what a file imports, functions included; what is there for type checkers alone is no import."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom) and child.module:
            for alias in child.names:
                longer = f"{child.module}.{alias.name}"
                yield longer if longer in MODULES else child.module
        yield from imports(child)


def graph() -> nx.DiGraph:
    """Return who imports whom."""
    found = nx.DiGraph()
    for name, path in MODULES.items():
        found.add_edges_from((name, other) for other in imports(ast.parse(path.read_text("utf-8"))) if other != name)
    return found


def test_imports_are_written_out() -> None:
    """A relative import would not be seen in the graph."""
    nodes = [node for path in FILES for node in ast.walk(ast.parse(path.read_text("utf-8")))]
    assert not [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.level]


def test_no_circle_of_imports() -> None:
    """No file is imported by what it imports, not even within a function."""
    circles = [sorted(some) for some in nx.strongly_connected_components(graph()) if len(some) > 1]
    assert circles == []


def test_a_circle_would_be_seen() -> None:
    """The graph has the imports of functions, too."""
    assert graph().has_edge("atoopt.stock.auto", "atoopt.stock.column_generation")
    assert nx.has_path(graph(), "atoopt.stock.fronts.methods", "atoopt.stock.evaluation")


def test_only_pictures_know_matplotlib() -> None:
    """What computes can be used where there is no screen and no font."""
    users = {name for name, other in graph().edges if other.split(".")[0] == "matplotlib"}
    assert users
    assert all(name.startswith("atoopt.plots") for name in users)


@pytest.mark.parametrize(
    ("below", "above"),
    [
        ("base", ("study", "sets", "solvers", "pareto", "stock", "policy", "architecture", "cli", "plots", "methods")),
        ("sets", ("study", "solvers", "pareto", "stock", "policy", "architecture", "cli", "plots", "methods")),
        ("solvers", ("study", "pareto", "stock", "policy", "architecture", "cli", "plots", "methods")),
        ("pareto", ("study", "stock", "policy", "architecture", "cli", "plots")),
        ("policy", ("study", "stock", "architecture", "cli", "plots", "methods")),
        ("stock", ("study", "policy", "levels", "architecture", "cli", "plots", "methods")),
        ("levels", ("study", "policy", "architecture", "cli", "plots", "methods")),
        ("architecture", ("study", "policy", "cli", "plots", "methods")),
        ("diversity", ("study", "policy", "architecture", "cli", "plots", "methods")),
        ("study", ("cli",)),
    ],
)
def test_dependencies_go_one_way(below: str, above: tuple[str, ...]) -> None:
    """No room imports from a floor above it."""
    upwards = [
        (name, other) for name, other in graph().edges
        if name.startswith(f"atoopt.{below}") and other.startswith(tuple(f"atoopt.{room}" for room in above))
    ]  # fmt: skip
    assert upwards == []


def test_files_are_short() -> None:
    """At most 300 lines, unless there is a reason; a file that has become shorter leaves the table."""
    lengths = {str(path.relative_to(ROOT / "atoopt")): len(path.read_text("utf-8").splitlines()) for path in FILES}
    assert {name for name, n in lengths.items() if n > LONGEST} == LONG.keys()


@pytest.mark.parametrize("name", LONG)
def test_long_files_are_kernels_with_a_reason(name: str) -> None:
    """Only what is compiled as one unit may be long, and the table says why it is one."""
    tree = ast.parse((ROOT / "atoopt" / name).read_text("utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    compiled = [
        f for f in functions if any("kernel" in (d := ast.unparse(x)) or "inner" in d for x in f.decorator_list)
    ]
    assert len(LONG[name].split()) > 5
    assert 2 * sum(map(_lines, compiled)) > sum(map(_lines, functions))


def _lines(node: ast.FunctionDef) -> int:
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno + 1


def test_rooms_are_small() -> None:
    """At most sixteen files side by side, and 3,500 lines."""
    for room in sorted({path.parent for path in FILES}):
        files = list(room.glob("*.py"))
        lines = sum(len(path.read_text("utf-8").splitlines()) for path in files)
        assert lines <= MOST_LINES, room
        assert len(files) <= MOST_FILES, room
