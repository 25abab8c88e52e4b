"""What is imported when: an analyst's `import atoopt` and `atoopt --help` must not wait for big libraries."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

HEAVY = ("pyomo", "pandas", "numba", "numpy", "highspy", "matplotlib", "scipy", "networkx", "joblib", "moocore")


def loaded_by(code: str, names: tuple[str, ...]) -> tuple[str, str]:
    """Return what a program prints, and which of the libraries it loaded."""
    show = f"{code}\nimport sys\nprint(*[name for name in {names!r} if name in sys.modules], sep=',')"
    done = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    *text, loaded = done.stdout.splitlines()
    return "\n".join(text), loaded


@pytest.mark.parametrize("module", ["atoopt", "atoopt.base.files", "atoopt.methods", "atoopt.solvers.result"])
def test_import_loads_nothing_heavy(module: str) -> None:
    """Neither the package nor its registry of methods loads a heavy library."""
    assert loaded_by(f"import {module}", (*HEAVY, "pydantic", "typer"))[1] == ""


@pytest.mark.parametrize("command", ["solve", "pareto", "modules", "check", "import", "export", "show", "schema"])
def test_help_loads_nothing_heavy(command: str) -> None:
    """The help of each command loads none (typer may need pydantic itself), and shows an example."""
    text, loaded = loaded_by(f"from atoopt.cli import main\nassert main([{command!r}, '--help']) == 0", HEAVY)
    assert loaded == ""
    assert "Example" in text and f"  atoopt {command} " in text


def test_help_names_every_command() -> None:
    """The help of the program lists its commands and exit statuses, and loads nothing heavy."""
    text, loaded = loaded_by("from atoopt.cli import main\nassert main(['--help']) == 0", HEAVY)
    assert loaded == ""
    for word in ("solve", "check", "import", "export", "show", "schema", "Exit status: 0"):
        assert word in text


def test_pareto_is_a_function_and_a_package() -> None:
    """``atoopt.pareto`` is a plain function whatever is imported; the package of this name is found all the same."""
    code = (
        "import atoopt, types\nfrom atoopt.pareto import pareto_front\nimport atoopt.pareto.front as front\n"
        "from atoopt.pareto.front import Front\nassert type(atoopt.pareto) is types.FunctionType\n"
        "assert front.Front is Front and atoopt.pareto.pareto_front is pareto_front\nprint(len(dir(atoopt)))"
    )
    assert int(loaded_by(code, ())[0]) >= 13


@pytest.mark.parametrize("package", ["stock", "policy", "diversity", "architecture", "plots"])
def test_families_export_what_analysts_use(package: str) -> None:
    """Every name listed is there, and in ``dir()``; the package alone loads nothing heavy."""
    module = importlib.import_module(f"atoopt.{package}")
    assert set(dir(module)) >= set(module.__all__)
    assert all(getattr(module, name) is not None for name in module.__all__)
    assert loaded_by(f"import atoopt.{package}", HEAVY)[1] == ""


def test_loading_an_instance_compiles_nothing() -> None:
    """Neither numba nor scipy is needed to read and show an instance."""
    code = "import atoopt\nprint(atoopt.load('instances/stock/uniform-5.json').n_components)"
    assert loaded_by(code, ("numba", "scipy")) == ("5", "")
