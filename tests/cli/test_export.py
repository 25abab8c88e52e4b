"""`atoopt export`: HiGHS reads the files back and finds the same optimum, whatever the components are called."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import highspy
import pytest

import atoopt
from atoopt.solvers.highs import HighsModel
from atoopt.stock.model.formulation import build
from tests.cli.bad_inputs import SOUND
from tests.cli.conftest import Run

FORMULATIONS = ("pattern", "assignment")
SUFFIXES = (".lp", ".mps")


def optimum_of(file: str) -> float:
    """Return the optimum that HiGHS finds for a model file."""
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    assert highs.readModel(file) == highspy.HighsStatus.kOk
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return float(highs.getInfo().objective_function_value)


def named(names: list[str], **changes: Any) -> dict[str, Any]:
    """Return an instance with components of these names, each product a run of them."""
    ends = [(0, 4), (0, 2), (2, 5), (4, 7), (1, 6)]
    products = [{"components": names[a:b], "demand": d} for d, (a, b) in enumerate(ends, 1)]
    keep = {key: SOUND[key] for key in ("format", "version", "costs")}
    return {**keep, "name": "odd names\n", "components": names, "products": products,
            "max_mean_assembly_time": 0.5, **changes}  # fmt: skip


ODD = {
    "plain": list("abcdefg"),
    "options": ["v1=2", "v1=20", "v2=2", "v2_2", "v2 2", "v2.2", "v10=x"],
    "umlauts": ["Türgriff", "Turgriff", "grün", "grun", "ß", "日本", "é"],
    "long": ["x" * 300, "x" * 301, "x" * 299 + "y", "z" * 255, "a" * 256, "b", "c"],
    "signs": ["a+b", "a", "b", "<=", "1st", "e1", "free"],
    "separators": ["+", "&", ";", "|", "[", "]", ","],
    "case": ["End", "end", "END", "Bounds", "obj", "c e", "x_"],
    "quotes": ['"', "'", "`", "\\", "*", "$", "#"],
}


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("formulation", FORMULATIONS)
@pytest.mark.parametrize("names", ODD.values(), ids=ODD)
def test_file_holds_the_same_model(run: Run, folder: Path, names: list[str], formulation: str, suffix: str) -> None:
    """The optimum read back is that of the model, and every name fits in 255 plain characters."""
    (folder / "i.json").write_text(json.dumps(named(names)))
    outcome = run("export", "i.json", f"m{suffix}", "--formulation", formulation)
    assert outcome.status == 0 and outcome.err == ""
    wanted = HighsModel(build(atoopt.load("i.json"), formulation)).solve().objective
    assert optimum_of(f"m{suffix}") == pytest.approx(wanted, rel=1e-9)
    text = (folder / f"m{suffix}").read_text(encoding="ascii")
    assert max(map(len, text.split())) <= 255


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("formulation", FORMULATIONS)
@pytest.mark.parametrize(
    "changes",
    [
        {"delivery_ratio": {"max_assembly_time": 1.0, "min_share": 0.9}},
        {"max_modules": 9, "max_mean_assembly_time": 1.6},
        {"cost_basis": "usage"},
        {"max_mean_assembly_time": None, "time_per_operation": 0.5},
        {"candidate_modules": [["a", "b"], ["c", "d", "e"], ["f"]], "max_mean_assembly_time": 2.0},
        {"candidate_modules": [], "max_mean_assembly_time": None},
        {"products": [{"components": ["a"], "demand": 1.0}]},
    ],
    ids=["ratio", "modules", "usage", "no-limit", "candidates", "none", "trivial"],
)
def test_every_feature_is_exported(
    run: Run, folder: Path, changes: dict[str, Any], formulation: str, suffix: str
) -> None:
    """Limits, bases and candidates reach the file; so does a model without any decision."""
    (folder / "i.json").write_text(json.dumps(named(ODD["plain"], **changes)))
    assert run("export", "i.json", f"m{suffix}", "--formulation", formulation).status == 0
    wanted = HighsModel(build(atoopt.load("i.json"), formulation)).solve().objective
    assert optimum_of(f"m{suffix}") == pytest.approx(wanted, rel=1e-9)


def test_names_are_readable(run: Run, folder: Path, u5: str) -> None:
    """A module is named by its components, a partition by its modules."""
    assert run("export", u5, "m.lp").status == 0
    text = (folder / "m.lp").read_text()
    assert "hold(a&b)" in text and "build(30,a&b|c&d)" in text


def test_components_that_look_alike_stay_apart(run: Run, folder: Path) -> None:
    """Names that become equal in plain letters are numbered."""
    data = named(["v 1", "v_1", "v=1", "d", "e", "f", "g"])
    (folder / "i.json").write_text(json.dumps(data))
    assert run("export", "i.json", "m.lp").status == 0
    names = set(re.findall(r"hold\(v_1&v_1\)\S*", (folder / "m.lp").read_text()))
    assert names == {"hold(v_1&v_1)", "hold(v_1&v_1)~2", "hold(v_1&v_1)~3"}


@pytest.mark.parametrize("formulation", FORMULATIONS)
def test_too_large_a_model_is_refused(run: Run, folder: Path, formulation: str) -> None:
    """Of a product with too many partitions, one line says so at once; the other formulation is written."""
    letters = [f"c{i}" for i in range(18)]
    products = [{"components": letters[:18], "demand": 1.0}] + [
        {"components": letters[:i] + letters[i + 1 :], "demand": 1.0} for i in range(18)
    ]
    keep = {key: SOUND[key] for key in ("format", "version", "name", "costs")}
    data = {**keep, "components": letters, "products": products, "max_mean_assembly_time": 1.0,
            "candidate_modules": [letters[a:b] for a in range(18) for b in range(a + 2, 19)]}  # fmt: skip
    (folder / "i.json").write_text(json.dumps(data))
    status, out, err = run("export", "i.json", "m.lp", "--formulation", formulation)
    if formulation == "assignment":  # intervals only: some thousand columns
        assert (status, err) == (0, "")
    else:
        assert status == 2 and out == "" and "300000 columns" in err
        assert len(err.splitlines()) == 1 and not (folder / "m.lp").exists()
