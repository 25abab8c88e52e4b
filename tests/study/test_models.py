"""Models of files and of Python, and programs that we do not know, take part in a study."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from atoopt.study import Study

INSTANCES = Path("instances/stock").resolve()

# max 5 x0 + 4 x1 + 3 x2 over 2 x0 + 3 x1 + x2 <= 5, 4 x0 + x1 + 2 x2 <= 11, whole numbers: 15 at (0, 0, 5)
MPS = """NAME t
OBJSENSE
    MAX
ROWS
 N OBJ
 L a
 L b
COLUMNS
 MARKER 'MARKER' 'INTORG'
 x0 OBJ 5 a 2
 x0 b 4
 x1 OBJ 4 a 3
 x1 b 1
 x2 OBJ 3 a 1
 x2 b 2
 MARKER 'MARKER' 'INTEND'
RHS
 RHS a 5 b 11
BOUNDS
 UP BND x0 9
 UP BND x1 9
 UP BND x2 9
ENDATA
"""

OWN_MODEL = """
import pyomo.environ as pyo

def create_model():
    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(3), domain=pyo.Integers, bounds=(0, 9))
    model.a = pyo.Constraint(expr=2 * model.x[0] + 3 * model.x[1] + model.x[2] <= 5)
    model.b = pyo.Constraint(expr=4 * model.x[0] + model.x[1] + 2 * model.x[2] <= 11)
    model.gain = pyo.Objective(expr=5 * model.x[0] + 4 * model.x[1] + 3 * model.x[2], sense=pyo.maximize)
    return model
"""

TWO_OBJECTIVES = OWN_MODEL.replace(
    "    return model",
    "    model.size = pyo.Objective(expr=model.x[0] + 2 * model.x[1] + model.x[2])\n    return model",
)

VARIANT = """
from atoopt.stock import build

def build_model(instance):
    return build(instance, "pattern")
"""

SOLVER = """
import sys
import highspy

mps, solution, kind = sys.argv[1:4]
highs = highspy.Highs()
highs.setOptionValue("output_flag", False)
highs.readModel(mps)
highs.run()
names, values = highs.getLp().col_names_, list(highs.getSolution().col_value)
value, bound = highs.getInfo().objective_function_value, highs.getInfo().mip_dual_bound
lines = [f"status optimal", f"bound {bound!r}", *(f"{n} {v!r}" for n, v in zip(names, values))]
if kind == "breaks":
    lines = [f"status optimal", f"bound {bound!r}", *(f"{n} 7.5" for n in names)]
elif kind == "boasts":  # a bound that no solution can keep
    lines[1] = f"bound {bound + (0.5 if highs.getLp().sense_ == highspy.ObjSense.kMinimize else -0.5) * abs(bound)!r}"
elif kind == "denies":
    lines = ["status infeasible"]
elif kind == "garbage":
    lines = ["\\x00 what?", "no"]
elif kind == "nothing":
    lines = []
open(solution, "w").write("\\n".join(lines) + "\\n")
"""

KINDS = ("right", "breaks", "boasts", "denies", "garbage", "nothing")


OPTIMA = {"given": 15.0, "own": 15.0, "frequency-4": 21.4, "uniform-5": 38.09677419354839}


def test_all_kinds_of_models_by_all_kinds_of_programs(tmp_path: Path) -> None:
    """Right answers are proven; a broken row and a boasted bound are wrong; garbage is a crash that is told."""
    for name, text in (("given.mps", MPS), ("own.py", OWN_MODEL), ("variant.py", VARIANT), ("solver.py", SOLVER)):
        (tmp_path / name).write_text(text)
    text = '[study]\nname = "models"\n[limits]\nwall_seconds = 20\n'
    text += '[[instances]]\nfiles = ["given.mps", "own.py"]\n'
    text += f'[[instances]]\nfiles = ["{INSTANCES}/frequency-4.json"]\n'
    text += f'[[instances]]\nfiles = ["{INSTANCES}/uniform-5.json"]\nmodel = "variant.py"\n'
    text += '[[methods]]\nname = "highs"\nmethod = "milp"\n'
    for kind in KINDS:
        command = json.dumps([sys.executable, "solver.py", "{mps}", "{solution}", kind])
        text += f'[[methods]]\nname = "{kind}"\ncommand = {command}\n'
    (tmp_path / "models.toml").write_text(text)
    study = Study.load(tmp_path / "models.toml")
    study.run(jobs=2, progress=False)
    runs = study.runs().set_index(["instance", "method"])
    for instance, optimum in OPTIMA.items():
        for method in ("highs", "right"):
            run = runs.loc[(instance, method)]
            assert (run["status"], run["reason"]) == ("optimal", "proven"), run["message"]
            assert run["objective"] == pytest.approx(optimum)
            assert run["bound"] == pytest.approx(optimum)
            assert run["sense"] == (-1 if instance in ("given", "own") else 1)
        for method in ("breaks", "boasts"):
            run = runs.loc[(instance, method)]
            assert run["status"] == "wrong", run["reason"]
            assert run["reason"].startswith("wrong: ")
            assert pd.isna(run["objective"])
        assert runs.loc[(instance, "garbage"), "reason"].startswith("crash: ")
        assert runs.loc[(instance, "denies"), "status"] == "infeasible"
        assert runs.loc[(instance, "nothing"), "status"] in ("unknown", "wrong", "feasible")


def test_fronts_of_a_model(tmp_path: Path) -> None:
    """A Python file with two objectives; the methods are those of `pareto_front`."""
    (tmp_path / "two.py").write_text(TWO_OBJECTIVES)
    methods = {name: {"task": "pareto", "method": name} for name in ("epsilon-constraint", "balanced-box")}
    study = Study([tmp_path / "two.py"], methods, store=tmp_path / "x.db", wall_seconds=20)
    study.run(jobs=2, progress=False)
    runs, data = study.runs(), study.data()
    assert set(runs["status"]) == {"optimal"}
    assert runs["complete"].all()
    assert len(set(runs["points"])) == 1
    fronts = [some[["first", "second"]].round(6).to_numpy().tolist() for _, some in data.fronts.groupby("key")]
    assert fronts[0] == fronts[1]
    assert len(fronts[0]) == runs["points"].iloc[0]


def test_fronts_of_an_instance(tmp_path: Path) -> None:
    """Policies, by two methods; the threshold rule's front is complete for its rules."""
    methods = {name: {"task": "pareto", "method": name} for name in ("exact", "epsilon-constraint")}
    study = Study(["instances/policy/plates-12.json"], methods, store=tmp_path / "x.db", wall_seconds=20)
    study.run(jobs=2, progress=False)
    assert study.runs()["points"].tolist() == [19, 19]
    assert study.alarms() == ()


def _report(folder: Path, *extra: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "atoopt", "study", "report", "s.toml", "-o", "page.html", *extra]
    return subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)


def test_exit_statuses_of_a_report(tmp_path: Path) -> None:
    """4 where nothing was measured, 0 where all is well, 3 where an answer is wrong."""
    (tmp_path / "given.mps").write_text(MPS)
    (tmp_path / "solver.py").write_text(SOLVER)
    text = '[study]\nname = "s"\n[limits]\nwall_seconds = 20\n[[instances]]\nfiles = ["given.mps"]\n'
    absent = text + '[[methods]]\nname = "absent"\nsolver = "cplex"\n'
    (tmp_path / "s.toml").write_text(absent)
    assert _report(tmp_path).returncode == 2  # never run
    Study.load(tmp_path / "s.toml").run(progress=False)
    done = _report(tmp_path)
    assert done.returncode == 4
    assert "skipped" in done.stderr
    assert not (tmp_path / "page.html").exists()
    (tmp_path / "s.toml").write_text(text + '[[methods]]\nname = "highs"\n')
    Study.load(tmp_path / "s.toml").run(progress=False)
    assert _report(tmp_path).returncode == 0
    command = json.dumps([sys.executable, "solver.py", "{mps}", "{solution}", "boasts"])
    (tmp_path / "s.toml").write_text(text + f'[[methods]]\nname = "liar"\ncommand = {command}\n')
    Study.load(tmp_path / "s.toml").run(progress=False)
    done = _report(tmp_path, "--json")
    assert done.returncode == 3
    assert "liar" in json.loads(done.stdout)["alarms"][0]


@pytest.mark.skipif(
    not all(map(shutil.which, ("cbc", "glpsol"))),
    reason="needs the programs cbc and glpsol (apt: coinor-cbc, glpk-utils)",
)
def test_solvers_agree(tmp_path: Path) -> None:
    """Every solver that is here, on a stock: one page, no alarm."""
    pytest.importorskip("pyscipopt", reason="needs SCIP: pip install pyscipopt")
    pytest.importorskip("ortools", reason="needs CP-SAT: pip install ortools")
    methods = {
        name: {"method": "milp", "formulation": "assignment", "solver": name}
        for name in ("highs", "scip", "cbc", "glpk", "cp-sat", "appsi_highs")
    }
    study = Study([INSTANCES / "frequency-4.json"], methods, store=tmp_path / "x.db", wall_seconds=30)
    study.run(jobs=2, progress=False)
    runs = study.runs().set_index("method")
    assert runs["objective"].round(6).unique().tolist() == [21.4]
    assert set(runs["status"]) <= {"optimal", "feasible"}
    assert runs["solver_version"].notna().all()
    assert study.report(tmp_path / "page.html") == ()
