"""From architecture to stock: what ``atoopt modules`` allows, lists, prices and refuses."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import atoopt
from atoopt.architecture import liaison_graph
from atoopt.architecture import modules as bridge
from atoopt.architecture.connected import connected_modules
from atoopt.architecture.modules import subassembly_groups, with_liaisons
from atoopt.base.errors import InputError
from atoopt.cli import main
from atoopt.stock import StockInstance
from atoopt.stock.candidates import default_candidates
from atoopt.stock.data.generate import log_normal
from tests.stock.reference import fitting_modules
from tests.stock.strategies import stock_instances

ARCHITECTURE, STOCK = "instances/architecture/laptops.json", "instances/stock/laptops.json"


@st.composite
def bridges(draw: st.DrawFn) -> tuple[StockInstance, nx.Graph, list[set[str]] | None]:
    """Draw an instance, a graph with its components and perhaps one more, and perhaps groups that overlap."""
    instance = draw(stock_instances(5, max_products=6))
    nodes = [*instance.components, "body"]
    graph = nx.Graph(draw(st.lists(st.sampled_from(list(combinations(nodes, 2))))))
    graph.add_nodes_from(instance.components)
    groups = st.lists(st.sets(st.sampled_from(nodes)), max_size=3)
    return instance, graph, draw(st.none() | groups)


def wanted(instance: StockInstance, graph: nx.Graph, groups: list[set[str]] | None) -> list[int]:
    """Return the modules that may be held: listed, fitting in a product, connected, inside one group."""
    return [
        mask
        for mask in fitting_modules(instance)
        if nx.is_connected(graph.subgraph(instance.names(mask)))
        and (groups is None or any(group.issuperset(instance.names(mask)) for group in groups))
    ]


@given(bridges(), st.sampled_from((None, True)))
@settings(max_examples=80)
def test_the_instance_allows_what_can_be_assembled(
    drawn: tuple[StockInstance, nx.Graph, list[set[str]] | None], listing: bool | None
) -> None:
    """The candidates of what is written are the connected modules inside one group, and their number is told."""
    instance, graph, groups = drawn
    joined = with_liaisons(instance, graph, groups, listing=listing)
    candidates = default_candidates(joined.instance)
    assert candidates.complete
    assert joined.listed
    assert sorted(candidates.masks) == wanted(instance, graph, groups)
    assert joined.n_modules == len(candidates.masks)
    assert joined.left_out == tuple(node for node in graph if node == "body")


@given(bridges())
@settings(max_examples=80)
def test_liaisons_alone_say_the_same(drawn: tuple[StockInstance, nx.Graph, list[set[str]] | None]) -> None:
    """Without a list the instance allows the same modules; where it would not, that is refused."""
    instance, graph, groups = drawn
    instance = instance.replace(candidate_modules=None)
    try:
        joined = with_liaisons(instance, graph, groups, listing=False)
    except InputError as error:
        assert error.place == "no_list"
        assert groups is not None
        assert any(one & other for one, other in combinations(groups, 2))
        return
    assert not joined.listed
    assert sorted(default_candidates(joined.instance).masks) == wanted(instance, graph, groups)


def test_the_list_is_left_out_where_it_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above a number of modules the liaisons stand alone, unless a list is asked for; and it has an end."""
    instance = log_normal(5)
    full = nx.complete_graph(instance.components)
    monkeypatch.setattr(bridge, "LISTED", 25)
    assert not with_liaisons(instance, full).listed
    assert len(with_liaisons(instance, full, listing=True).instance.candidate_modules or ()) == 26
    monkeypatch.setattr(bridge, "MAX_SUBSETS", 25)
    with pytest.raises(InputError, match="too many to list; leave them unlisted"):
        with_liaisons(instance, full, listing=True)
    halves = [set(instance.components[:4]), set(instance.components[1:])]
    with pytest.raises(InputError, match="too many to list; leave them unlisted"):
        with_liaisons(instance, full, [set(instance.components)], listing=True)
    monkeypatch.setattr(bridge, "MAX_SUBSETS", 5)
    with pytest.raises(InputError, match="too many to list; allow modules across"):
        with_liaisons(instance, full, halves)


def test_components_without_a_node_are_named() -> None:
    """They could never be assembled, and nobody would notice."""
    instance = log_normal(4)
    with pytest.raises(InputError) as error:
        with_liaisons(instance, nx.path_graph(["a", "b"]))
    assert 'components: "c", "d" are not in the liaison graph' in str(error.value)


def test_subassemblies_of_the_laptops() -> None:
    """Each group is the chain of a key characteristic, and its modules are connected inside it."""
    architecture, stock = atoopt.load(ARCHITECTURE), atoopt.load(STOCK)
    groups = subassembly_groups(architecture)
    assert len(set(groups)) == len(groups) > 1
    free = with_liaisons(stock, liaison_graph(architecture))
    inside = with_liaisons(stock, liaison_graph(architecture), groups)
    assert inside.n_modules is not None
    assert free.n_modules is not None
    assert 0 < inside.n_modules < free.n_modules
    assert set(inside.instance.candidate_masks or ()) < set(free.instance.candidate_masks or ())
    assert all(any(group.issuperset(m) for group in groups) for m in inside.instance.candidate_modules or ())


def test_the_command_and_the_price(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The optimum of the joined instance is dearer, and passes both checks; that of the free one falls apart."""
    free, joined, result = (str(tmp_path / name) for name in ("free.json", "joined.json", "result.json"))
    stock = atoopt.load(STOCK)
    stock.replace(products=stock.products[:6]).save(free)
    assert main(["modules", ARCHITECTURE, free, "-o", joined, "--json"]) == 0
    told, written = json.loads(capsys.readouterr().out), atoopt.load(joined)
    assert (told["components"], told["listed"], told["left_out"]) == (15, True, [])
    assert (told["liaisons"], told["modules"]) == (len(written.liaisons), len(written.candidate_modules))
    for file, cost in ((free, 68.9675), (joined, 70.1632)):
        assert main(["solve", file, "--method", "milp", "--output", result, "--quiet"]) == 0
        assert json.loads(Path(result).read_text())["objective"] == pytest.approx(cost, abs=5e-5)
        capsys.readouterr()
        assert main(["check", free, result]) == 0
        assert main(["check", joined, result]) == (1 if file == free else 0)
        assert ("is not connected by liaisons" in capsys.readouterr().out) == (file == free)


def test_the_text_says_how_to_see_the_price(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was written, how many modules there are, and the two calls whose difference is the price."""
    file = str(tmp_path / "joined.json")
    assert main(["modules", ARCHITECTURE, STOCK, "-o", file, "--no-list"]) == 0
    out = capsys.readouterr().out
    assert "15 components, 44 liaisons" in out
    assert "not listed" in out
    assert f"atoopt solve {file}, less atoopt solve {STOCK}" in out
    assert atoopt.load(file).candidate_modules is None


@pytest.mark.parametrize(
    ("arguments", "mentions"),
    [
        ([STOCK, STOCK], (STOCK, "format", "give a file of atoopt/architecture")),
        ([ARCHITECTURE, ARCHITECTURE], (ARCHITECTURE, "give a file of atoopt/stock-composition")),
        (["instances/architecture/nail-clippers.json", STOCK], (STOCK, '"processor 4-core"', "and 10 more")),
        ([ARCHITECTURE, STOCK, "--within-subassemblies", "--no-list"], ("--no-list", "overlap")),
    ],
)  # fmt: skip
def test_bad_calls_are_one_line(
    arguments: list[str], mentions: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The wrong file, unknown components, an impossible option: one line, status 2, and no file."""
    output = tmp_path / "joined.json"
    assert main(["modules", *arguments, "-o", str(output)]) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    for mention in mentions:
        assert mention in line
    assert not output.exists()


@pytest.mark.parametrize("kind", [nx.Graph, nx.DiGraph, nx.MultiGraph, nx.MultiDiGraph])
def test_any_kind_of_graph_is_its_simple_graph(kind: type[nx.Graph]) -> None:
    """Directions, parallel edges and loops change neither the liaisons nor the connected sets."""
    instance = atoopt.load("instances/stock/uniform-5.json")
    path = [("a", "b"), ("b", "c"), ("c", "d"), ("d", "e")]
    graph = kind([("b", "a"), ("c", "c"), *path, *path])
    assert with_liaisons(instance, graph).instance.liaisons == tuple(path)
    assert set(connected_modules(graph)) == set(connected_modules(nx.path_graph(list("abcde"))))
