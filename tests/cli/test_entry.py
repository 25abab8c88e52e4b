"""The first moments of the command line: Ctrl-C at any of them is one line."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HOOKED = """
import builtins, os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # tests that run in the background ignore Ctrl-C
real, wanted = builtins.__import__, {module!r}

def hooked(name, *rest, **more):
    global wanted
    if name == wanted:
        wanted = None
        os.kill(os.getpid(), signal.SIGINT)
    return real(name, *rest, **more)

builtins.__import__ = hooked
sys.argv = ["atoopt", *{arguments!r}]
from atoopt.cli import main
status = main()
assert wanted is None, "the module was not imported"
sys.exit(status)
"""


@pytest.mark.parametrize(
    "module",
    [
        "typer",
        "atoopt.cli.program",
        "atoopt.base.problem",
        "atoopt.cli.commands.solve",
        "atoopt.cli.text.terminal",
        "pydantic",
        "numpy",
    ],
)
@pytest.mark.parametrize("command", ["show", "export"])
def test_interrupted_while_importing(command: str, module: str, u5: str) -> None:
    """Whatever is being imported, there is no traceback: status 130."""
    arguments = [command, u5, *(["m.lp"] if command == "export" else [])]
    code = HOOKED.format(module=module, arguments=arguments)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "atoopt: interrupted; run it again for a result\n"


@pytest.mark.parametrize("module", ["atoopt.stock.candidates", "numpy", "pyomo.environ"])
def test_interrupted_while_a_solve_is_prepared(module: str, u5: str) -> None:
    """From the moment that the command runs, Ctrl-C is remembered until there is a result."""
    code = HOOKED.format(module=module, arguments=["solve", u5, "--json"])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["objective"] is not None
