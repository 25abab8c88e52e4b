"""`atoopt architecture`: what it tells, as text, JSON and pictures, and what it refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import atoopt
from tests.cli.conftest import ROOT, Run
from tests.test_light_import import HEAVY, loaded_by

CLIPPERS = ROOT / "instances/architecture/nail-clippers.json"
COLUMNS = ROOT / "instances/architecture/steering-columns.json"
MIXED = ROOT / "instances/architecture/nail-clippers-and-steering-columns.json"
SIXTY = ROOT / "instances/architecture/families-6x10.json"
STOCK = ROOT / "instances/stock/uniform-5.json"


def test_text_tells_every_step(run: Run) -> None:
    """Root, order, chains, subassemblies, similarity, families and what they share."""
    status, out, err = run("architecture", CLIPPERS, "--families", "2")
    assert (status, err) == (0, "")
    for line in (
        "plain: 4 components, 3 mates, 2 contacts; root datum lower jaw",
        "  assembly order: lower jaw, upper jaw, pin, lever",
        "  cutting stroke: lower jaw -> pin -> lever",
        "    does amplify force, carry force, cut nail, hold nail (by hook, insertion)",
        "2  with file               68  100   72",
        "  1: 1 product: plain",
    ):
        assert line in out.splitlines()
    assert "2 families, mean silhouette 0.18 (chosen by number; cut at distances 0.28 to 0.41)" in out
    assert "1 and 2     59%     5 of 7             2 of 4        4 of 6" in out


def test_json_has_everything(run: Run) -> None:
    """One object: each product's chains and order, the similarities and their parts, families, sharing."""
    data = run("architecture", COLUMNS, "--json").json
    assert [product["root"] for product in data["products"]] == ["bracket"] * 6
    assert data["products"][0]["repeated_directions"] == {"steering shaft": ["x", "y"]}
    wheel = data["products"][0]["subassemblies"][0]
    assert wheel["chain"][0] == ["bracket", "outer tube"]
    assert (wheel["key_characteristic"], wheel["datums"]) == ("wheel position", ["bracket"])
    for part in ("total", "functions", "subassemblies", "joints"):
        assert [row[i] for i, row in enumerate(data["similarity"][part])] == [1.0] * 6
    assert data["families"]["number"] == 2
    assert data["families"]["members"][0] == ["manual height", "manual height and reach", "manual, with lock"]
    assert len(data["families"]["linkage"]) == 5
    assert data["sharing"][0]["technologies"]["share"] == 6 / 11
    assert data["pictures"] == []


def test_two_families_come_back(run: Run) -> None:
    """The four nail clippers and the four steering columns of the named instance are told apart, without a number."""
    members = run("architecture", MIXED, "--json").json["families"]["members"]
    assert members == [[f"clipper {i}" for i in range(1, 5)], [f"column {i}" for i in range(1, 5)]]


@pytest.mark.parametrize(("option", "value"), [("--height", "0.9"), ("--weights", "0,0,1")])
def test_other_cuts(run: Run, option: str, value: str) -> None:
    """A cut by height and other weights give what the library gives."""
    from atoopt.architecture.families import families

    data = run("architecture", MIXED, option, value, "--json").json
    loaded = atoopt.load(MIXED)
    found = families(loaded, height=0.9) if option == "--height" else families(loaded, weights=(0, 0, 1))
    assert data["families"]["members"] == [list(members) for members in found.members]
    assert data["families"]["chosen_by"] == found.chosen_by


def test_many_products_are_told_by_their_families(run: Run) -> None:
    """Of 60 products a typical one of each family is told, and all with --all; no line is wider than a page."""
    out = run("architecture", SIXTY).out
    assert out.count("root datum") == 6
    assert max(map(len, out.splitlines())) <= 120
    assert run("architecture", SIXTY, "--all").out.count("root datum") == 60


def test_pictures(run: Run, folder: Path) -> None:
    """Similarity, dendrogram, and two pictures for each product told; the output names every file."""
    out = run("architecture", CLIPPERS, "--plot", "pictures").out
    files = sorted(path.name for path in Path("pictures").iterdir())
    products = ("1-plain", "2-with-file", "3-with-file-and-catcher")
    wanted = [f"nail-clippers-{p}-{kind}.png" for p in products for kind in ("datum-flow", "hybrid")]
    assert files == sorted([*wanted, "nail-clippers-dendrogram.png", "nail-clippers-similarity.png"])
    assert sorted(re.findall(r"picture: pictures/(.*)", out)) == files
    assert all((Path("pictures") / name).read_bytes().startswith(b"\x89PNG") for name in files)


def test_show_and_schema(run: Run) -> None:
    """The summary of an architecture on one screen, and its schema."""
    out = run("show", COLUMNS).out
    assert "families today" in out and "manual column 3, electric column 3" in out
    assert run("schema", "architecture").json["title"] == "atoopt/architecture"


def test_help_loads_nothing_heavy() -> None:
    """The help shows an example, and loads no library that takes time."""
    text, loaded = loaded_by("from atoopt.cli import main\nassert main(['architecture', '--help']) == 0", HEAVY)
    assert loaded == ""
    assert "  atoopt architecture instances/architecture/steering-columns.json" in text


BAD = [
    (["architecture", STOCK], "atoopt/stock-composition"),
    (["architecture", "nosuch.json"], "nosuch.json"),
    (["architecture", CLIPPERS, "--families", "4"], "--families"),
    (["architecture", CLIPPERS, "--families", "0"], "--families"),
    (["architecture", CLIPPERS, "--families", "2", "--height", "0.5"], "--families"),
    (["architecture", CLIPPERS, "--height", "2"], "--height"),
    (["architecture", CLIPPERS, "--weights", "1,2"], "--weights"),
    (["architecture", CLIPPERS, "--weights", "a,b,c"], "--weights"),
    (["architecture", CLIPPERS, "--weights", "0,0,0"], "--weights"),
    (["architecture", CLIPPERS, "--plot", CLIPPERS], "nail-clippers.json"),
    (["solve", CLIPPERS], "format: is atoopt/architecture"),
    (["pareto", CLIPPERS], "format: is atoopt/architecture"),
    (["check", CLIPPERS, CLIPPERS], "format: is atoopt/architecture"),
    (["export", CLIPPERS, "x.lp"], "format: is atoopt/architecture"),
]


@pytest.mark.parametrize(("arguments", "mentions"), BAD, ids=[" ".join(map(str, [a[0], *a[2:]])) for a, _ in BAD])
def test_bad_usage(arguments: list[object], mentions: str, run: Run, folder: Path) -> None:
    """Exit status 2, nothing on standard output, one line on standard error that names the place."""
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert mentions in err
    assert list(folder.iterdir()) == []
