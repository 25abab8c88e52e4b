"""Which changes of a rule does no test notice? Simple mutants of files, each tried on the tests that concern it.

    python -m tests.bench.mutants atoopt/stock/column_generation/column_enumeration.py --most 40

A mutant is one place of one function changed: a comparison turned round, + for -, a number doubled or halved, `and` for
`or`, one argument of `max` or `min` alone, a `not` left out. Nothing is written: a child process, forked once
everything is imported, puts the changed code into the function and runs the tests up to the first failure. What
survives is printed, as is what took five times as long as without a change (a loop without an end, say).
Compiled functions are left out unless `NUMBA_DISABLE_JIT=1` makes them plain ones, which is slow.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import inspect
import os
import random
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import numba
import pytest
from hypothesis import Phase, settings

STOCK = "tests/stock/"
TESTS = {
    "atoopt/stock/column_generation": [
        f"column_generation/test_{name}.py"
        for name in ("fixing", "bound", "pricing", "tree", "repair", "cuts", "ascent", "envelopes")
    ],
    "atoopt/stock/dense": [f"dense/test_{name}.py" for name in ("gaps", "dense_search", "dense")],
    "atoopt/stock/incumbent": ["test_incumbent.py"],
    "atoopt/policy": ["tests/policy/frontier/test_frontier.py", "tests/policy/test_against_brute_force.py"],
    "atoopt/pareto": [
        "tests/pareto/methods/test_box.py",
        "tests/pareto/test_front.py",
        "tests/pareto/methods/test_methods.py",
    ],
}
"""The tests of the files whose paths begin so, the quickest first."""

SWAPS: dict[type, list[type]] = {
    ast.Lt: [ast.GtE, ast.LtE], ast.LtE: [ast.Gt, ast.Lt], ast.Gt: [ast.LtE, ast.GtE], ast.GtE: [ast.Lt, ast.Gt],
    ast.Eq: [ast.NotEq], ast.NotEq: [ast.Eq], ast.Is: [ast.IsNot], ast.IsNot: [ast.Is], ast.In: [ast.NotIn],
    ast.NotIn: [ast.In], ast.Add: [ast.Sub], ast.Sub: [ast.Add], ast.Mult: [ast.Div], ast.Div: [ast.Mult],
    ast.And: [ast.Or], ast.Or: [ast.And],
}  # fmt: skip
"""What stands for an operator: for a comparison first its negation, then the one that differs where both are equal."""

EXTREMES = {"max", "min", "maximum", "minimum"}
SLOWER = 5.0
PATIENCE = 120.0
"""Seconds without an end, on a machine with nothing to spare, after which a child hangs."""

Change = Callable[[ast.AST], None]


def changes(node: ast.AST, edges: bool) -> Iterator[tuple[str, Change]]:
    """Yield what can be changed at a node: a description, and what changes a copy of the node in place."""
    if isinstance(node, ast.Compare):
        for i, operator in enumerate(node.ops):
            for other in SWAPS.get(type(operator), [])[: None if edges else 1]:
                yield _named(operator, other), lambda n, i=i, other=other: n.ops.__setitem__(i, other())
    elif isinstance(node, ast.BinOp | ast.BoolOp | ast.AugAssign):
        for other in SWAPS.get(type(node.op), []):
            yield _named(node.op, other), lambda n, other=other: setattr(n, "op", other())
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        for value in {node.value * 2 or 1, node.value // 2 if isinstance(node.value, int) else node.value / 2}:
            if value != node.value:
                yield f"{node.value} -> {value}", lambda n, value=value: setattr(n, "value", value)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "without not", lambda n: setattr(n, "operand", ast.UnaryOp(ast.Not(), n.operand))
    elif isinstance(node, ast.Call) and len(node.args) > 1 and _name(node.func) in EXTREMES:
        for i in range(len(node.args)):
            yield f"{_name(node.func)} -> argument {i}", lambda n, i=i: _only(n, i)


def _only(call: ast.AST, i: int) -> None:
    """Make a call of max or min one of a single argument, in a list; of numpy's, with that argument twice."""
    assert isinstance(call, ast.Call)
    kept = call.args[i]
    call.args = [kept, copy.deepcopy(kept)]


def _named(operator: ast.AST, other: type) -> str:
    return f"{type(operator).__name__} -> {other.__name__}"


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def mutants(path: Path, edges: bool) -> Iterator[tuple[str, str, CodeType]]:
    """Yield description, name of the function and its changed code, for each mutant of a file."""
    tree, lines = ast.parse(path.read_text()), path.read_text().splitlines()
    for place, (scope, function) in enumerate(_functions(tree)):
        if any("njit" in ast.dump(each) for each in function.decorator_list) and not numba.config.DISABLE_JIT:
            continue
        names = [*scope, function.name]
        for i, node in enumerate(_inside(function)):
            for j, (said, _) in enumerate(changes(node, edges)):
                changed = copy.deepcopy(tree)
                twin = _inside(list(_functions(changed))[place][1])[i]
                list(changes(twin, edges))[j][1](twin)
                code = _code(compile(ast.fix_missing_locations(changed), str(path), "exec"), names)
                line = getattr(node, "lineno", 0)
                yield f"{path}:{line} [{said}] {lines[line - 1].strip()}", ".".join(names), code


def _inside(function: ast.FunctionDef) -> list[ast.AST]:
    """Return all that is in a function's body but its docstring."""
    return [node for statement in function.body for node in ast.walk(statement)]


def _functions(tree: ast.Module) -> Iterator[tuple[list[str], ast.FunctionDef]]:
    """Yield the functions of a module and of its classes, each with the classes that it is in."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield [], node
        elif isinstance(node, ast.ClassDef):
            yield from (([node.name], each) for each in node.body if isinstance(each, ast.FunctionDef))


def _code(module: CodeType, names: list[str]) -> CodeType:
    """Return the code of a function within that of its module."""
    for name in names:
        module = next(each for each in module.co_consts if isinstance(each, CodeType) and each.co_name == name)
    return module


def function_of(path: Path, name: str) -> FunctionType:
    """Return the function, as it is imported, that is behind a name of a file."""
    found: Any = importlib.import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
    for part in name.split("."):
        found = inspect.getattr_static(found, part)
    for inside in ("fget", "func", "__func__", "py_func"):
        found = getattr(found, inside, found)
    function = inspect.unwrap(found)
    assert isinstance(function, FunctionType)
    return function


def tried(function: FunctionType, code: CodeType, tests: list[str], seconds: float) -> tuple[str, float]:
    """Run tests with a function's code in a child process; return how it ended, and its CPU seconds."""
    started, child = time.monotonic(), os.fork()
    if child == 0:
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
        for stream in (1, 2):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
        function.__code__ = code
        options = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "-o", "addopts=", "--no-header", *tests]
        os._exit(int(pytest.main(options)))
    while True:
        ended, status, used = os.wait4(child, os.WNOHANG)
        if ended:
            spent = used.ru_utime + used.ru_stime
            code_ = os.waitstatus_to_exitcode(status)
            return {0: "survived", 1: "killed", -signal.SIGXCPU: "slow"}.get(code_, f"ended with {code_}"), spent
        if time.monotonic() - started > PATIENCE + 10 * seconds:
            os.killpg(child, signal.SIGKILL)
        time.sleep(0.02)


def main() -> None:
    """Print what survives, file by file, and how many there were."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--tests", nargs="+", help="test files, or names of tests; by default those of the folder")
    parser.add_argument("--most", type=int, help="so many mutants of a file, chosen by the seed; by default all")
    parser.add_argument("--only", help="mutants whose description has this")
    parser.add_argument("--edges", action="store_true", help="also < for <=, which often says the same of real numbers")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    _prepare()
    for path in given.files:
        names = given.tests or next(found for start, found in TESTS.items() if str(path).startswith(start))
        tests = [name if name.startswith("tests/") else f"{STOCK}{name}" for name in names]
        for test in tests:
            importlib.import_module(test.split("::")[0].removesuffix(".py").replace("/", "."))
        every = [each for each in mutants(path, given.edges) if given.only is None or given.only in each[0]]
        chosen = random.Random(given.seed).sample(every, min(len(every), given.most or len(every)))
        plain = function_of(path, every[0][1])
        ended, seconds = tried(plain, plain.__code__, tests, 3600.0)
        if ended != "survived":
            sys.exit(f"the tests of {path} fail as they are: {tests}")
        counts: dict[str, int] = {}
        for said, name, code in sorted(chosen, key=lambda each: each[0]):
            ended, _ = tried(function_of(path, name), code, tests, SLOWER * seconds + 5)
            counts[ended] = counts.get(ended, 0) + 1
            if ended not in ("killed", "slow"):
                print(f"{ended}: {said}", flush=True)
        print(f"== {path}: {len(chosen)} of {len(every)} mutants; {counts}; {seconds:.0f} s of tests", flush=True)


def _prepare() -> None:
    """Import and load what children share; let a failing example be, without shrinking it or keeping it."""
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = tempfile.mkdtemp()
    importlib.import_module("tests.stock.conftest")
    settings.register_profile(
        "mutants", settings.get_profile("atoopt"), database=None, derandomize=True,
        phases=(Phase.explicit, Phase.generate),
    )  # fmt: skip
    settings.load_profile("mutants")
    from tests.stock.column_generation.test_fixing import (
        test_fixed_modules_stay_fixed,  # no solver in it, whose threads forks lose
    )

    test_fixed_modules_stay_fixed()


if __name__ == "__main__":
    main()
