"""What a command refuses to write over, before it runs; and that no result is lost for a full disk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import atoopt
from tests.cli.conftest import ROOT, Run

ORDERS = "roof,radio\nplain,yes\nglass,yes\nplain,no\n"
MINE = "from atoopt.stock.model.formulation import build as build_model\n"


@pytest.fixture
def files(folder: Path) -> Path:
    """Return a folder with an order history, instances, an architecture, a model file, and older outputs."""
    (folder / "orders.csv").write_text(ORDERS)
    (folder / "mine.py").write_text(MINE)
    for name, source in (("u5", "stock/uniform-5"), ("p12", "policy/plates-12"), ("laptops", "stock/laptops"),
                         ("arch", "architecture/laptops")):  # fmt: skip
        (folder / f"{name}.json").write_bytes((ROOT / f"instances/{source}.json").read_bytes())
    atoopt.solve(atoopt.load("u5.json"), "module-size").save("result.json")
    atoopt.pareto(atoopt.load("p12.json"), "threshold").save("front.json")
    return folder


COMMANDS = {
    "orders.csv": ("import", "orders.csv", "-o"),
    "u5.json": ("solve", "u5.json", "--method", "module-size", "-o"),
    "mine.py": ("solve", "u5.json", "--model", "mine.py", "-o"),
    "p12.json": ("pareto", "p12.json", "--method", "threshold", "-o"),
    "arch.json": ("modules", "arch.json", "laptops.json", "-o"),
    "laptops.json": ("modules", "arch.json", "laptops.json", "-o"),
}


def other_spelling(source: str, way: str) -> str:
    """Return another path of the same file."""
    if way == "plain":
        return source
    if way == "relative":
        return f"../{Path.cwd().name}/./{source}"
    if way == "absolute":
        return str(Path(source).absolute())
    link = f"link-{source}"
    if way == "symlink":
        Path(link).symlink_to(source)
    else:
        Path(link).hardlink_to(source)
    return link


@pytest.mark.parametrize("way", ["plain", "relative", "absolute", "symlink", "hardlink"])
@pytest.mark.parametrize("source", COMMANDS)
def test_an_input_is_never_the_output(run: Run, files: Path, source: str, way: str) -> None:
    """However the path is written: exit status 2, one line, the file as it was."""
    before = Path(source).read_bytes()
    status, out, err = run(*COMMANDS[source], other_spelling(source, way))
    assert (status, out) == (2, "")
    assert err.count("\n") == 1 and "--output: is the file" in err
    assert Path(source).read_bytes() == before


@pytest.mark.parametrize(
    ("command", "target", "holds"),
    [
        (("solve", "u5.json", "-o"), "p12.json", "an instance of atoopt/policy"),
        (("solve", "u5.json", "-o"), "laptops.json", "an instance of atoopt/stock-composition"),
        (("solve", "u5.json", "-o"), "orders.csv", "a table"),
        (("solve", "u5.json", "-o"), "mine.py", "something else"),
        (("solve", "u5.json", "-o"), "front.json", "a front"),
        (("pareto", "u5.json", "-o"), "laptops.json", "an instance of atoopt/stock-composition"),
        (("pareto", "u5.json", "-o"), "result.json", "a result"),
        (("pareto", "u5.json", "-o"), "orders.csv", "a table"),
        (("import", "orders.csv", "-o"), "result.json", "a result"),
        (("import", "orders.csv", "-o"), "arch.json", "an instance of atoopt/architecture"),
        (("import", "orders.csv", "-o"), "mine.py", "something else"),
        (("import", "parts.csv", "--problem", "policy", "-o"), "u5.json", "an instance of atoopt/stock-composition"),
        (("modules", "arch.json", "laptops.json", "-o"), "p12.json", "an instance of atoopt/policy"),
    ],
)
def test_a_file_of_another_kind_is_not_written_over(
    run: Run, files: Path, command: tuple[str, ...], target: str, holds: str
) -> None:
    """An order history, an instance, a model file or another kind of answer stays as it is."""
    before = Path(target).read_bytes()
    status, out, err = run(*command, target)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1 and f"holds {holds}" in err and target in err
    assert Path(target).read_bytes() == before


def test_an_older_answer_of_the_same_kind_is_replaced(run: Run, files: Path) -> None:
    """So are an empty file and a JSON object that is nothing known."""
    Path("empty.json").touch()
    Path("object.json").write_text('{"old": true}')
    for target in ("result.json", "empty.json", "object.json"):
        assert run("solve", "u5.json", "--method", "module-frequency", "-o", target).status == 0
        assert json.loads(Path(target).read_text())["method"] == "module-frequency"
    assert run("import", "orders.csv", "-o", "cars.json").status == 0
    assert run("import", "orders.csv", "-o", "cars.json", "--no-base").status == 0
    assert len(atoopt.load("cars.json").components) == 4


@pytest.mark.parametrize(
    ("command", "mentions"),
    [
        (("solve", "absent.json", "--output", ""), "--output: is empty"),
        (("pareto", "absent.json", "--output", ""), "--output: is empty"),
        (("pareto", "absent.json", "--plot", ""), "--plot: is empty"),
        (("pareto", "absent.json", "--plot", "front.txt"), "front.txt: is no picture format"),
        (("pareto", "absent.json", "--plot", "none/front.png"), "none/front.png: its folder does not exist"),
        (("import", "absent.csv", "--output", ""), "--output: is empty"),
        (("modules", "absent.json", "absent.json", "-o", ""), "--output: is empty"),
        (("export", "absent.json", ""), "FILE: is empty"),
        (("policy", "absent.json", "--plots", "orders.csv"), "orders.csv: cannot be made or written"),
        (("policy", "absent.json", "--plots", ""), "--plots: is empty"),
        (("architecture", "absent.json", "--plot", "orders.csv"), "orders.csv: cannot be made or written"),
    ],
)
def test_outputs_are_looked_at_first(run: Run, files: Path, command: tuple[str, ...], mentions: str) -> None:
    """Before anything is read, let alone solved."""
    status, out, err = run(*command)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1 and mentions in err


def test_picture_and_front_need_two_files(run: Run, files: Path) -> None:
    """One would be lost."""
    status, _, err = run("pareto", "p12.json", "-o", "both.png", "--plot", "both.png")
    assert status == 2 and "--plot: is the file both.png" in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize(
    ("command", "key"),
    [
        (("solve", "u5.json", "--method", "module-size", "-o", "/dev/full"), "solution"),
        (("solve", "u5.json", "--method", "module-size", "--json", "-o", "/dev/full"), "solution"),
        (("pareto", "p12.json", "--method", "threshold", "-o", "/dev/full"), "points"),
        (("import", "orders.csv", "-o", "/dev/full"), "components"),
        (("modules", "arch.json", "laptops.json", "-o", "/dev/full"), "liaisons"),
    ],
)
def test_a_full_disk_loses_nothing(run: Run, files: Path, command: tuple[str, ...], key: str) -> None:
    """What was to be written is on standard output, as JSON; exit status 2, and one line that says so."""
    outcome = run(*command)
    assert outcome.status == 2
    assert key in outcome.json
    last = outcome.err.splitlines()[-1]
    assert last.startswith("atoopt: /dev/full: cannot be written (no space left on device); the result is on standard")


def test_pictures_that_cannot_be_written_lose_nothing(run: Run, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The findings are printed all the same."""
    import atoopt.plots.saving

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atoopt.plots.saving, "save_axes", full)
    status, out, err = run("policy", "p12.json", "--plots", "pictures", "--json")
    assert status == 2 and json.loads(out)["pictures"] == [] and "the result is on standard output" in err
    status, out, err = run("pareto", "p12.json", "--method", "threshold", "--plot", "f.png", "--json")
    assert status == 2 and len(json.loads(out)["points"]) > 1 and "the result is on standard output" in err


def test_too_many_solutions_are_left_out(run: Run, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A front found in hours is not refused at its end: its points are written, and a line says what is not."""
    monkeypatch.setattr("atoopt.cli.commands.pareto.MOST_TEXT", 20)
    outcome = run("pareto", "p12.json", "--json", "-o", "new.json")
    assert outcome.status == 0 and "too much to write out" in outcome.err
    assert all("solution" not in point for point in outcome.json["points"])
    assert json.loads(Path("new.json").read_text()) == outcome.json
