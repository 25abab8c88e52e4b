"""The program behind `main`: each command reads, calls, prints; nothing heavy is imported until it runs."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from typer.main import get_command

from atoopt import __version__
from atoopt.base.errors import InputError, one_line
from atoopt.base.problem import register_installed
from atoopt.cli.commands.architecture import architecture
from atoopt.cli.commands.check import check
from atoopt.cli.commands.diversity import diversity
from atoopt.cli.commands.export import export
from atoopt.cli.commands.import_orders import import_orders
from atoopt.cli.commands.levels import levels
from atoopt.cli.commands.modules import modules
from atoopt.cli.commands.pareto import pareto
from atoopt.cli.commands.policy import policy
from atoopt.cli.commands.schema import schema
from atoopt.cli.commands.show import show
from atoopt.cli.commands.solve import solve
from atoopt.cli.commands.solvers import solvers
from atoopt.cli.commands.study import study
from atoopt.cli.statuses import BAD_INPUT, BROKEN_PIPE, DEFECT, INTERRUPTED, TERMINATED
from atoopt.cli.text.terminal import descriptor
from atoopt.cli.workbench.compare import compare
from atoopt.cli.workbench.evaluate import evaluate
from atoopt.cli.workbench.plot import plot
from atoopt.cli.workbench.regret import regret
from atoopt.cli.workbench.report import report
from atoopt.cli.workbench.strategies import strategies
from atoopt.cli.workbench.sweep import sweep
from atoopt.cli.workbench.table import table
from atoopt.solvers.run import Terminated

# typer brings its own copy of click, or the installed one: its usage errors are known by their ancestor only
UsageError: type[Exception] = typer.BadParameter.__mro__[1]

register_installed()

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="Decide which modules to assemble to stock, and check, import and export such decisions.",
    epilog="Exit status: 0 a result (infeasible is one), 1 a failed check, 2 bad input or usage.",
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
)
for name, command in (
    ("solve", solve),
    ("pareto", pareto),
    ("policy", policy),
    ("diversity", diversity),
    ("architecture", architecture),
    ("modules", modules),
    ("levels", levels),
    ("check", check),
    ("import", import_orders),
    ("export", export),
    ("show", show),
    ("schema", schema),
    ("solvers", solvers),
    ("evaluate", evaluate),
    ("compare", compare),
    ("sweep", sweep),
    ("regret", regret),
    ("report", report),
    ("plot", plot),
    ("strategies", strategies),
    ("table", table),
):
    app.command(name)(command)
app.add_typer(study, name="study")


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"atoopt {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Hold what all commands share; without a docstring of its own, `app` gives the help."""


def status_of(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit status; whatever ends it, say so on one line."""
    try:
        return _run(list(arguments))
    except InputError as error:
        return _fail(str(error), BAD_INPUT)
    except Terminated:
        return TERMINATED
    except (KeyboardInterrupt, typer.Abort):
        return _fail("interrupted; run it again for a result", INTERRUPTED)
    except OSError as error:
        if descriptor(sys.stdout) == 1:
            # what is still buffered cannot be written: without this, the interpreter complains at its end
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if isinstance(error, BrokenPipeError):
            return BROKEN_PIPE
        where = error.filename or "standard output"
        return _fail(f"{where}: cannot be written ({error.strerror}); free some space", BAD_INPUT)
    except (MemoryError, RecursionError):
        return _fail("the instance is too large for this method; give another, or more memory", BAD_INPUT)
    except Exception as error:
        if "ATOOPT_TRACEBACK" in os.environ:
            raise
        place = f"{type(error).__name__}: {error}"
        return _fail(f"defect: {place}; report it with the output under ATOOPT_TRACEBACK=1", DEFECT)


def _run(arguments: list[str]) -> int:
    """Parse and invoke, without typer's own treatment of errors, which prints boxes."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the shell
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
        if isinstance(stream := getattr(sys, name), io.TextIOWrapper):  # a caller may have put another in its place
            stream.reconfigure(errors="backslashreplace")
    command = get_command(app)
    try:
        with command.make_context("atoopt", arguments) as context:
            command.invoke(context)
    except typer.Exit as done:
        return done.exit_code
    except UsageError as error:
        return _fail(_usage(error), BAD_INPUT)
    finally:
        sys.stdout.flush()
    return 0


def _usage(error: Exception) -> str:
    """Return a usage error as place, problem and remedy."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "atoopt"
    command = path.removeprefix("atoopt").strip()
    problem = error.format_message().rstrip(".")  # type: ignore[attr-defined]
    return f"{command + ': ' if command else ''}{problem}; see {path} --help"


def _fail(line: str, status: int) -> int:
    print(one_line(f"atoopt: {line}"), file=sys.stderr)
    return status
