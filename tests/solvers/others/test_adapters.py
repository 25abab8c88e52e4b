"""What adapters read and write, apart from any solver; and what the catalogue knows."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csc_array

from atoopt.base.errors import InputError
from atoopt.cli import main
from atoopt.solvers.arrays.file_model import read_model
from atoopt.solvers.arrays.standard_form import StandardForm
from atoopt.solvers.catalogue import ABILITIES, PROGRAMS, SOLVERS, check_solver, find_solvers
from atoopt.solvers.highs import HighsModel
from atoopt.solvers.others.ask import Ask, FileAnswer, LicenceTooSmall
from atoopt.solvers.others.asking import Reply, adapter_of, concluded
from atoopt.solvers.others.cbc import _Log as CbcLog
from atoopt.solvers.others.glpk import _Log as GlpkLog
from atoopt.solvers.others.mps import write_mps
from atoopt.solvers.others.through_pyomo import _fault
from atoopt.solvers.run import Options, Run

INF = math.inf


def form(minimize: bool = True) -> StandardForm:
    """Return a model with every kind of row and column."""
    rows = csc_array(np.array([[1.0, 0.1 + 0.2, 0, 0, 0], [0, 2, -1e-7, 0, 0], [3, 0, 0, 1 / 3, 0], [1, 0, 1, 0, 0]]))
    return StandardForm(
        [], rows, np.array([-INF, 1.5, 2.0, -3.0]), np.array([4.0, INF, 2.0, 7.0]),
        np.array([-INF, 0.0, -2.5, 1.0, -4.0]), np.array([INF, INF, 1e-3, 1.0, 9.0]),
        np.array([False, True, False, False, True]), ("a", "b", "c", "d"),
        np.array([0.0, 1.1, -2.0, 0.0, 0.0]), 12.25, minimize,
    )  # fmt: skip


@pytest.mark.parametrize("minimize", [True, False])
def test_a_written_file_is_the_same_model(minimize: bool, tmp_path: Path) -> None:
    """Every number comes back as it was, to the last digit, as a minimization whose constant is a fixed column."""
    model = form(minimize)
    file = write_mps(model, tmp_path / "model.mps", ["a", "b", "constant", "d", "e"])
    back = read_model(file.path)
    assert file.sign == (1.0 if minimize else -1.0) and back.form.minimize
    assert file.columns == back.names == ("a", "b", "constant", "d", "e", "constant_")
    np.testing.assert_array_equal(back.form.rows.toarray()[:, :5], model.rows.toarray())
    np.testing.assert_array_equal(back.form.costs, [*(file.sign * model.costs), file.sign * 12.25])
    for name in ("row_lower", "row_upper"):
        np.testing.assert_array_equal(getattr(back.form, name), getattr(model, name))
    np.testing.assert_array_equal(back.form.lower, [*model.lower, 1.0])
    np.testing.assert_array_equal(back.form.upper, [*model.upper, 1.0])
    np.testing.assert_array_equal(back.form.integer, [*model.integer, False])


def news() -> tuple[Ask, list[tuple[float | None, float | None]]]:
    """Return an ask, and the list of what is told to it."""
    told: list[tuple[float | None, float | None]] = []
    return Ask(on_progress=lambda objective, bound: told.append((objective, bound))), told


def test_the_log_of_cbc() -> None:
    """A bound is read from its end, lower by half a unit of its last digit; before, that of the relaxation."""
    ask, told = news()
    log = CbcLog(ask)
    for line in (
        "Version: 2.10.8 ",
        "Continuous objective value is -7200.5 - 0.04 seconds",
        "Cbc0010I After 0 nodes, 1 on tree, 1e+50 best solution, best possible -7140.27 (0.04 seconds)",
        "Cbc0012I Integer solution of -7115 found by heuristic after 943 iterations and 45 nodes (0.14 seconds)",
        "Objective value:                -7115.00000000",
        "Lower bound:                    -7148.270",
    ):
        log.read(line)
    assert (log.version, log.bound) == ("2.10.8", pytest.approx(-7148.2705))
    relaxed = pytest.approx(-7200.55)
    assert told == [(None, relaxed), (-7115.0, relaxed)]


def test_a_limit_of_cbc_without_a_bound_in_its_log() -> None:
    """Its incumbent is not taken for one."""
    log = CbcLog(Ask())
    log.read("Objective value:                -7115.00000000")
    assert log.bound is None


def test_the_log_of_glpk() -> None:
    """Incumbents and bounds; an empty tree is no bound."""
    ask, told = news()
    log = GlpkLog(ask)
    for line in (
        "+    42: mip =     not found yet >=              -inf        (1; 0)",
        "Solution found by heuristic: -14297.75",
        "+ 11398: mip =  -1.429775000e+04 >=  -1.433875000e+04   0.3% (1714; 124)",
        "+ 11399: mip =  -1.429775000e+04 >=     tree is empty   0.0% (0; 393)",
    ):
        log.read(line)
    bound = pytest.approx(-14338.750005)
    assert told == [(None, None), (-14297.75, None), (-14297.75, bound), (-14297.75, bound)]
    assert log.bound == bound


@pytest.mark.parametrize(
    "text",
    [
        "Model too large for size-limited license; visit https://gurobi.com/unrestricted for more information",
        "CPLEX Error  1016: Community Edition. Problem size limits exceeded. Purchase at http://ibm.biz/error1016.",
        "?120 Error: Problem has too many rows and columns. The maximum is 5000",
    ],
)
def test_a_licence_that_is_too_small(text: str) -> None:
    """It is told apart from a failure, for a study to skip it."""
    with pytest.raises(LicenceTooSmall, match="licence of gurobi is too small"):
        _fault("gurobi", RuntimeError(text), "13.0")
    assert _fault("gurobi", RuntimeError("no such thing"), "13.0") == FileAnswer(
        "failed", None, None, "13.0", "gurobi: RuntimeError: no such thing"
    )


@pytest.mark.parametrize(
    ("outcome", "bound", "expected"),
    [
        ("optimal", None, ("optimal", 12.25)),
        ("optimal", 12.25 + 1e-9, ("optimal", 12.25)),
        ("optimal", 12.0, ("stopped", 12.0)),
        ("stopped", 12.0, ("stopped", 12.0)),
        ("stopped", 13.0, ("failed", 13.0)),
    ],
)
def test_claims_are_measured(outcome: str, bound: float | None, expected: tuple[str, float]) -> None:
    """An optimum with a gap is none, and a bound better than the solution beside it is a fault; 12.25 is the value."""
    claim = Reply(outcome, np.zeros(5), None, bound)  # type: ignore[arg-type]
    reply = concluded(claim, form(), np.zeros(5), Options())
    assert (reply.outcome, reply.bound, reply.objective) == (*expected, 12.25)


def test_cp_sat_is_never_beside_highs() -> None:
    """Its process loads no HiGHS, nor does what is imported on the way to it; a look at the catalogue loads neither."""
    for code in (
        "import atoopt.solvers.others.cp_sat_process",
        "from atoopt.solvers.catalogue import find_solvers; find_solvers()",
    ):
        test = f"import sys; {code}; assert not {{'highspy', 'ortools'}} & set(sys.modules)"
        subprocess.run([sys.executable, "-c", test], check=True, timeout=60)


def test_the_catalogue() -> None:
    """What is here has a version; every adapter is there; an ability has a name."""
    found = {each.name: each for each in find_solvers()}
    assert list(found) == [*SOLVERS, *PROGRAMS]
    for name, each in found.items():
        assert bool(each.version) == each.here
        assert set(each.solver.can) <= set(ABILITIES) and each.solver.install
        assert not SOLVERS.get(name, PROGRAMS.get("gcg")).adapter or callable(adapter_of(name))
    assert found["highs"].here


def test_a_solver_that_is_not_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """What installs it is in the message."""
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(InputError, match="apt install coinor-cbc"):
        check_solver("cbc")


def test_the_command_lists_solvers(capsys: pytest.CaptureFixture[str]) -> None:
    """As a table and as JSON, within two seconds."""
    began = time.monotonic()
    assert main(["solvers", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["solvers"]
    assert time.monotonic() - began < 2
    assert {each["name"] for each in listed} == {*SOLVERS, *PROGRAMS}
    by_name = {each["name"]: each for each in listed}
    assert by_name["highs"]["here"] and by_name["highs"]["can"]["start"]
    assert by_name["gurobi"]["licence_limit"] == {"variables": 2000, "rows": 2000, "together": False}
    assert main(["solvers"]) == 0
    assert "highs" in capsys.readouterr().out


def test_solver_options_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    """They reach the solver; one that it does not know is one line, and so is what is no option."""
    base = ["solve", "instances/stock/uniform-5.json", "--method", "milp", "--json", "-q"]
    assert main([*base, "--solver-option", "mip_max_nodes=0", "--solver-option", "presolve=off"]) == 0
    assert json.loads(capsys.readouterr().out)["objective"] is not None
    for given in ("no_such=1", "presolve"):
        assert main([*base, "--solver-option", given]) == 2
        shown = capsys.readouterr()
        assert shown.out == "" and shown.err.count("\n") == 1 and "--solver-option" in shown.err


def test_options_compare_by_value() -> None:
    """Whatever the order in which a solver's options were given; they can be a key."""
    first, second = Options(solver_options={"a": 1, "b": 2}), Options(solver_options={"b": 2, "a": 1})
    assert first == second and hash(first) == hash(second) and first != Options()


def test_a_seed_reaches_highs_and_0_changes_nothing() -> None:
    """0 is HiGHS's own default, and a seed of any size is one that it takes."""
    model = HighsModel(form())
    before = model.highs.getOptionValue("random_seed")[1]
    for seed, taken in ((0, before), (7, 7), (2**31 + 5, 5)):
        model.solve(seed=seed)
        assert model.highs.getOptionValue("random_seed")[1] == taken


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("a.txt", "", "no model file"),
        ("a.mps.gz", "not packed", "cannot be read"),
        ("absent.mps", None, "cannot be read"),
        ("a.lp", "Minimize\n x ^ y\n", "no model that can be read"),
        ("a.lp", "Minimize\n x + [ x ^ 2 ] / 2\nSubject To\n r: x >= 1\nEnd\n", "quadratic"),
        ("a.lp", "Minimize\n x\nSubject To\n r: x + y >= 1\nSOS\n s: S1:: x:1 y:2\nEnd\n", "special ordered sets"),
        (
            "a.lp",
            "Minimize\n x\nSubject To\n r: x >= 1\nBounds\n x <= 9\nSemi-Continuous\n x\nEnd\n",
            "semi-continuous",
        ),
    ],
)
def test_files_that_are_no_linear_models(name: str, text: str | None, problem: str, tmp_path: Path) -> None:
    """They are refused by name, in one line."""
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    with pytest.raises(InputError, match=problem) as error:
        read_model(path)
    assert error.value.file == str(path)


def test_a_run_of_a_maximization_keeps_what_is_better() -> None:
    """Its trajectory goes up in incumbents and down in bounds."""
    run = Run()
    run.minimize = False
    for incumbent, bound in ((3.0, 9.0), (2.0, 10.0), (5.0, 7.0)):
        run.report(incumbent, bound)
    assert [(point.incumbent, point.bound) for point in run.trajectory] == [(3.0, 9.0), (5.0, 7.0)]
