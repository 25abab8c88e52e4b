"""A third family, added by the places that README's section on contributing names and by no others."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import atoopt
from atoopt.base.errors import InputError
from atoopt.base.problem import FAMILIES, family, register
from atoopt.cli import main

FORMAT = "atoopt/toy-trucks"

PACKAGE = {
    "__init__": "",
    "instance": """
        from typing import Literal
        from atoopt.base.files import json_text, write_text
        from atoopt.base.frozen import Frozen

        class Trucks(Frozen):
            format: Literal["atoopt/toy-trucks"] = "atoopt/toy-trucks"
            version: Literal[1] = 1
            name: str
            loads: tuple[float, ...]

            def summary(self):
                return {"instance": self.name, "loads": str(len(self.loads))}

            def __str__(self):
                return f"{self.name}: {len(self.loads)} loads"
        """,
    "evaluate": """
        from dataclasses import dataclass
        from toy_trucks.instance import Trucks

        @dataclass(frozen=True)
        class Evaluation:
            instance: Trucks
            trucks: int

            @property
            def cost(self):
                return 10.0 * self.trucks

            @property
            def waiting(self):
                return sum(self.instance.loads) / self.trucks

            @property
            def violations(self):
                return () if self.trucks >= 1 else ("there is no truck",)

            def to_json(self):
                return {"trucks": self.trucks}

        def evaluate(instance, trucks):
            return Evaluation(instance, trucks)
        """,
    "methods": """
        import numpy as np
        from atoopt.pareto.front import Front
        from atoopt.solvers.result import Claim
        from toy_trucks.evaluate import evaluate

        def solve(instance, run):
            return Claim(1, bound=10.0, details={"picked": "fewest", "why": "one truck is enough"})

        def front(instance, run, n_points):
            found = [evaluate(instance, n) for n in range(1, len(instance.loads) + 1)]
            values = np.array([(e.cost, e.waiting) for e in found])
            return Front(("cost", "waiting"), values, True, "", lambda i: found[i])
        """,
    "check": """
        from dataclasses import dataclass
        from toy_trucks.evaluate import Evaluation, evaluate

        @dataclass(frozen=True)
        class Checked:
            evaluation: Evaluation
            violations: tuple

        def check(instance, data):
            found = evaluate(instance, data["solution"]["trucks"])
            wrong = "objective" in data and data["objective"] != found.cost
            return Checked(found, (*found.violations, *(["objective is not the cost"] if wrong else [])))
        """,
    "text": """
        def solution(found, *, columns, show_all):
            return [f"{found.trucks} truck"]

        def checked(checked):
            return [f"violated: {text}" for text in checked.violations] or ["ok: trucks"]

        def data(checked):
            return {"ok": not checked.violations}
        """,
    "picture": """
        import matplotlib.pyplot as plt

        def draw(instance, ax=None):
            ax = ax if ax is not None else plt.subplots()[1]
            ax.bar(range(len(instance.loads)), instance.loads)
            return ax
        """,
    "problem": """
        from atoopt.base.problem import Method, Problem

        PROBLEM = Problem(
            format="atoopt/toy-trucks",
            instance="toy_trucks.instance:Trucks",
            evaluate="toy_trucks.evaluate:evaluate",
            check="toy_trucks.check:check",
            objectives=("cost", "waiting"),
            methods={"auto": Method("toy_trucks.methods:solve")},
            fronts={"auto": Method("toy_trucks.methods:front")},
            solution_text="toy_trucks.text:solution",
            checked_text="toy_trucks.text:checked",
            checked_data="toy_trucks.text:data",
            picture="toy_trucks.picture:draw",
        )
        """,
}


@pytest.fixture
def trucks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Write the package and an instance of it; give the instance's file."""
    from textwrap import dedent

    folder = tmp_path / "toy_trucks"
    folder.mkdir()
    for name, text in PACKAGE.items():
        (folder / f"{name}.py").write_text(dedent(text), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    register(FORMAT, "toy_trucks.problem:PROBLEM")
    data = {"format": FORMAT, "version": 1, "name": "yard", "loads": [3.0, 2.0, 1.0]}
    Path("yard.json").write_text(json.dumps(data), encoding="utf-8")
    yield "yard.json"
    del FAMILIES[FORMAT]
    for name in [name for name in sys.modules if name.split(".")[0] == "toy_trucks"]:
        del sys.modules[name]


def test_it_is_solved_and_checked(trucks: str, capsys: pytest.CaptureFixture[str]) -> None:
    """``solve`` gives its result and text, ``check`` its judgment; a false claim is found."""
    assert main(["solve", trucks, "--output", "result.json", "-q"]) == 0
    assert "1 truck" in capsys.readouterr().out
    result = json.loads(Path("result.json").read_text("utf-8"))
    assert (result["status"], result["objective"], result["details"]["picked"]) == ("optimal", 10.0, "fewest")
    assert main(["check", trucks, "result.json"]) == 0
    assert capsys.readouterr().out == "ok: trucks\n"
    Path("false.json").write_text(json.dumps(result | {"objective": 9.0}), encoding="utf-8")
    assert main(["check", trucks, "false.json"]) == 1


def test_its_front_is_generated_and_checked(trucks: str, capsys: pytest.CaptureFixture[str]) -> None:
    """``pareto`` writes the front and its picture; ``check`` recomputes each point."""
    assert main(["pareto", trucks, "--output", "front.json", "--plot", "front.png"]) == 0
    assert "3 points, complete" in capsys.readouterr().out
    assert Path("front.png").stat().st_size > 1000
    assert main(["check", trucks, "front.json"]) == 0
    front = json.loads(Path("front.json").read_text("utf-8"))
    front["points"][1]["objectives"][1] = 2.0
    Path("false.json").write_text(json.dumps(front), encoding="utf-8")
    assert main(["check", trucks, "false.json"]) == 1


def test_it_is_shown_and_drawn(trucks: str, capsys: pytest.CaptureFixture[str]) -> None:
    """``show`` prints its summary and draws it."""
    assert main(["show", trucks, "--plot", "yard.png"]) == 0
    assert capsys.readouterr().out == "yard: 3 loads\n"
    assert Path("yard.png").stat().st_size > 1000


def test_an_option_that_it_does_not_take(trucks: str) -> None:
    """The same error as with any other family."""
    with pytest.raises(InputError, match="not used by the method auto"):
        atoopt.solve(atoopt.load(trucks), solver="cbc")


def test_a_format_is_one_family_s(trucks: str) -> None:
    """Registered again is the same; for another object the format is taken."""
    register(FORMAT, "toy_trucks.problem:PROBLEM")
    assert family(FORMAT).name == "toy-trucks"
    with pytest.raises(InputError, match="choose another format"):
        register("atoopt/policy", "toy_trucks.problem:PROBLEM")
