"""A table of bad inputs: what the files hold, what is typed, and what the one line of error must name.

Most cases are one change to a sound instance, so that each names exactly the key that was changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.altered import altered


@dataclass(frozen=True)
class Case:
    """Files (None: a folder), a command line, and the texts that its error must hold."""

    name: str
    arguments: tuple[str, ...]
    mentions: tuple[str, ...]
    files: dict[str, bytes | None] = field(default_factory=dict)


SOUND: dict[str, Any] = {
    "format": "atoopt/stock-composition", "version": 1, "name": "sound",
    "components": ["a", "b", "c"],
    "products": [
        {"components": ["a", "b"], "demand": 3.0, "name": "first"},
        {"components": ["b", "c"], "demand": 1.0},
        {"components": [], "demand": 1.0},
    ],
    "costs": {"preassembly": 1.0, "fixed_transport": 2.0, "variable_transport": 0.4, "final_assembly": 10.0},
    "cost_basis": "stock", "time_per_operation": 1.0, "max_mean_assembly_time": 0.8, "max_modules": None,
    "delivery_ratio": {"max_assembly_time": 1.0, "min_share": 0.5},
    "candidate_modules": [["a", "b"], ["b", "c"]], "liaisons": [["a", "b"], ["b", "c"]],
}  # fmt: skip

RESULT: dict[str, Any] = {
    "problem": "stock-composition", "instance": "sound", "status": "feasible", "objective": 21.2, "bound": None,
    "solution": {"modules": [["a"], ["b"], ["c"]], "mean_assembly_time": 0.8,
                 "costs": {"preassembly": 0.0, "fixed_transport": 6.0, "variable_transport": 1.2,
                           "final_assembly": 8.0}},
}  # fmt: skip

HUGE = float("1e999")


def encoded(data: Any) -> bytes:
    """Return JSON as a careless program writes it: NaN and Infinity unquoted."""
    return json.dumps(data).encode()


def changed(data: dict[str, Any], place: str, value: Any) -> bytes:
    """Return the JSON of the data with one place, such as ``products.0.demand``, set to a value."""
    return encoded(altered(data, place, value))


def without(data: dict[str, Any], place: str) -> bytes:
    """Return the JSON of the data without one key."""
    return encoded(altered(data, place, ...))


def _written(place: str) -> str:
    """Return a place as an error writes it: ``products[0].demand``."""
    parts = [f"[{step}]" if step.isdigit() else f".{step}" for step in place.split(".")]
    return "".join(parts).lstrip(".")


def instance(name: str, content: bytes, *mentions: str, command: str = "show") -> Case:
    """Return the case of one instance file."""
    return Case(f"instance-{name}", (command, "bad.json"), ("bad.json", *mentions), {"bad.json": content})


# ---- keys missing, unknown, of the wrong type -----------------------------------------------------


REQUIRED = (
    "format", "version", "name", "components", "products", "costs", "max_mean_assembly_time",
    "products.0.components", "products.1.demand",
    "costs.preassembly", "costs.fixed_transport", "costs.variable_transport", "costs.final_assembly",
    "delivery_ratio.max_assembly_time", "delivery_ratio.min_share",
)  # fmt: skip

UNKNOWN = (
    "comment", "Name", "product", "max_modulez", "products.0.quantity", "products.2.Demand",
    "costs.storage", "costs.pre_assembly", "delivery_ratio.share", "delivery_ratio.time",
)  # fmt: skip

WRONG_TYPES: dict[str, tuple[Any, ...]] = {
    "format": (1, None, True, ["atoopt/stock-composition"], {}, "", "stock-composition", "atoopt/nothing"),
    "version": ("1", None, True, [1], {}, 0, 2, 1.5),
    "name": (3, None, True, ["x"], {}),
    "components": ("abc", None, 3, True, {"a": 1}),
    "components.1": (1, None, True, ["b"], {}),
    "products": ("ab", None, 3, True, {"a": 1}),
    "products.1": ("ab", None, 3, ["b", "c"]),
    "products.0.components": ("ab", None, 2, True, {"a": 1}),
    "products.0.components.1": (2, None, False, ["b"]),
    "products.0.demand": ("3", None, True, [3], {}),
    "products.0.name": (3, True, ["x"]),
    "costs": ("1,2,0.4,10", None, 1, True, [1, 2, 0.4, 10]),
    "costs.preassembly": ("1", None, True, [1]),
    "costs.fixed_transport": ("2", None, False),
    "costs.variable_transport": ("0.4", None, True),
    "costs.final_assembly": ("10", None, True),
    "cost_basis": (1, None, True, ["stock"], "modules"),
    "time_per_operation": ("1", None, True, [1]),
    "max_mean_assembly_time": ("0.8", True, [0.8], {}),
    "max_modules": ("4", True, 4.5, [4], {}),
    "delivery_ratio": (0.95, "0.95", True, [1.0, 0.95]),
    "delivery_ratio.max_assembly_time": ("1", None, True),
    "delivery_ratio.min_share": ("0.5", None, True),
    "candidate_modules": ("ab", 1, True, {"a": 1}),
    "candidate_modules.0": ("ab", None, 1),
    "candidate_modules.0.1": (1, None, True),
    "liaisons": ("ab", 1, True, {"a": "b"}),
    "liaisons.0": ("ab", None, 1),
    "liaisons.0.1": (1, None, True),
}

WRONG_VALUES: dict[str, tuple[Any, ...]] = {
    "name": ("",),
    "components": ([],),
    "components.0": ("",),
    "products": ([],),
    "products.0.demand": (0, -2, -0.5, HUGE, -HUGE, 10**400),
    "costs.preassembly": (-1, 1e16, HUGE),
    "costs.fixed_transport": (-1e-9,),
    "costs.variable_transport": (-0.4,),
    "costs.final_assembly": (-10,),
    "time_per_operation": (0, -1, 1e-16, HUGE),
    "max_mean_assembly_time": (-0.1, HUGE),
    "max_modules": (0, -3),
    "delivery_ratio.max_assembly_time": (-1,),
    "delivery_ratio.min_share": (-0.1, 1.01),
    "candidate_modules.0": ([],),
    "liaisons.1": ([], ["b"], ["a", "b", "c"]),
}


def keys() -> Iterator[Case]:
    """Yield the cases of one key each."""
    for place in REQUIRED:
        yield instance(f"without-{place}", without(SOUND, place), _written(place), "missing")
    for place in UNKNOWN:
        yield instance(f"unknown-{place}", changed(SOUND, place, 1), _written(place), "not a known key")
    for title, table in (("type", WRONG_TYPES), ("value", WRONG_VALUES)):
        for place, values in table.items():
            for number, value in enumerate(values):
                content = changed(SOUND, place, value).replace(b"Infinity", b"1e999")
                yield instance(f"{title}-{place}-{number}", content, _written(place))


# ---- references and repetitions --------------------------------------------------------------------


def references() -> Iterator[Case]:
    """Yield names that are unknown or stand twice."""
    faults = (
        ("products.0.components", ["a", "z"], 'products[0].components[1]: "z"'),
        ("candidate_modules.1", ["b", "z"], 'candidate_modules[1][1]: "z"'),
        ("components", ["a", "b", "c", "a"], 'components[3]: "a"'),
        ("products.0.components", ["a", "b", "a"], 'products[0].components[2]: "a"'),
        ("products.1.components", ["a", "b"], "products[1]"),
        ("products.1.components", ["b", "a"], "products[1]"),
        ("products.1.components", [], "products[2]"),
        ("candidate_modules.0", ["a", "a"], 'candidate_modules[0][1]: "a"'),
        ("candidate_modules.1", ["b", "a"], "candidate_modules[1]"),
        ("liaisons.1", ["b", "z"], 'liaisons[1][1]: "z"'),
        ("liaisons.0", ["a", "a"], 'liaisons[0][1]: "a"'),
        ("liaisons.1", ["b", "a"], "liaisons[1]"),
    )
    for number, (place, value, mention) in enumerate(faults):
        yield instance(f"reference-{place}-{number}", changed(SOUND, place, value), mention)
    text = encoded(SOUND).decode()
    twice = text.replace('"version": 1', '"version": 1, "version": 1')
    yield instance("key-twice", twice.encode(), '"version"')
    twice = text.replace('"demand": 3.0', '"demand": 3.0, "demand": 4.0')
    yield instance("key-twice-inside", twice.encode(), '"demand"')


# ---- what is no JSON -------------------------------------------------------------------------------


def texts() -> Iterator[Case]:
    """Yield files that hold no JSON object, whole or in part."""
    sound = json.dumps(SOUND, indent=1)
    for name, content, mention in (
        ("empty", b"", "is empty"),
        ("blank", b" \n\t\n", "is empty"),
        ("only-bom", b"\xef\xbb\xbf", "is empty"),
        ("prose", b"components: a, b\n", "line 1"),
        ("csv", b"a,b,c\n1,0,1\n", "line 1"),
        ("list", encoded([SOUND]), "top level"),
        ("text", b'"instance"', "top level"),
        ("number", b"3", "top level"),
        ("null", b"null", "top level"),
        ("true", b"true", "top level"),
        ("two-objects", encoded(SOUND) * 2, "line 1"),
        ("single-quotes", encoded(SOUND).replace(b'"', b"'"), "line 1"),
        ("comment", b"// mine\n" + encoded(SOUND), "line 1"),
        ("trailing-comma", sound.replace('"version": 1,', '"version": 1,,').encode(), "line 3"),
        ("missing-colon", sound.replace('"version":', '"version"').encode(), "line 3"),
        ("bare-word", sound.replace('"sound"', "sound").encode(), "line 4"),
        ("line-break-in-text", sound.replace('"sound"', '"so\nund"').encode(), "line 4"),
        ("nan", changed(SOUND, "products.0.demand", float("nan")), "NaN"),
        ("infinity", changed(SOUND, "products.0.demand", float("inf")), "Infinity"),
        ("minus-infinity", changed(SOUND, "costs.preassembly", float("-inf")), "-Infinity"),
        ("thousand-digits", encoded(SOUND).replace(b"3.0", b"9" * 5000), "number"),
        ("too-deep", b"[" * 100_000, "nested"),
        ("binary", bytes(range(256)), "byte 129"),
        ("utf-16", encoded(SOUND).decode().encode("utf-16"), "byte 1"),
        ("latin-1", '{"name": "Tür"}'.encode("latin-1"), "byte 12"),
        ("zip", b"PK\x03\x04\x14\x00", "line 1"),
        ("half-character", encoded(SOUND).replace(b'"sound"', rb'"\ud800"'), "name"),
        ("half-character-key", encoded(SOUND).replace(b'"version"', rb'"\ud800": 1, "version"'), "surrogate"),
        ("escapes", encoded({**SOUND, "\x1b[31m\n": 1}), "not a known key"),
        ("long-key", encoded({**SOUND, "k" * 5000: 1}), "not a known key"),
    ):
        yield instance(name, content, mention)
    for end in (1, 2, 17, 40, 60, 101, 150, 222, 300, 400, len(sound) - 1):
        content = sound[:end].rstrip()
        yield instance(f"truncated-{end}", content.encode(), f"line {content.count(chr(10)) + 1}")


# ---- the path of an input --------------------------------------------------------------------------


def paths() -> Iterator[Case]:
    """Yield paths that lead to no file, for every command that reads one."""
    for command, *rest in (("show",), ("solve",), ("check", "bad.json"), ("export", "x.lp")):
        yield Case(f"{command}-missing", (command, "none.json", *rest), ("none.json", "does not exist"))
        yield Case(f"{command}-folder", (command, "dir", *rest), ("dir", "directory"), {"dir": None})
    for name, path, mention in (
        ("no-folder", "nowhere/x.json", "does not exist"),
        ("file-as-folder", "bad.json/x.json", "bad.json/x.json"),
        ("long-name", "n" * 300, "too long"),
        ("zero-byte", "a\0b", "null byte"),
        ("empty-path", "", "directory"),
    ):
        yield Case(f"path-{name}", ("show", path), (mention,), {"bad.json": b"{}"})


# ---- order histories -------------------------------------------------------------------------------


def orders(name: str, content: bytes, *mentions: str, options: tuple[str, ...] = ()) -> Case:
    """Return the case of one order history."""
    arguments = ("import", "bad.csv", "-o", "new.json", *options)
    return Case(f"orders-{name}", arguments, mentions, {"bad.csv": content})


WIDE = b"roof,radio\nplain,yes\nglass,yes\nplain,no\nplain,yes\n"
BINARY, LONG = ("--layout", "binary"), ("--layout", "long")


def histories() -> Iterator[Case]:
    """Yield faulty order histories of each layout."""
    for name, content, mention in (
        ("empty", b"", "is empty"),
        ("blank", b"\n \n", "is empty"),
        ("only-header", b"roof,radio\n", "line 1"),
        ("blank-header", b"\nplain,yes\n", "line 1"),
        ("utf-16", WIDE.decode().encode("utf-16"), "byte 1"),
        ("binary", bytes(range(256)), "byte 129"),
        ("latin-1", "Dach\nGrün\n".encode("latin-1"), "byte 8"),
        ("zero-byte", b"roof\npl\0ain\n", "line 2"),
        ("short-row", WIDE + b"glass\n", "line 6"),
        ("long-row", b"roof,radio\nplain,yes,no\n", "line 2"),
        ("open-quote", b'roof,radio\n"plain,yes\n', "line 2"),
        ("column-twice", b"roof,roof\nplain,glass\n", "line 1, column 2"),
        ("nameless-column", b"roof,\nplain,glass\n", "line 1, column 2"),
        ("no-option", b"roof,radio\nplain,yes\nplain,yes\n", "all rows"),
    ):
        yield orders(f"wide-{name}", content, "bad.csv", mention)
    for name, content, mention in (
        ("two", b"roof,radio\n0,1\n2,1\n", 'line 3, column "roof"'),
        ("negative", b"roof,radio\n0,-1\n", 'line 2, column "radio"'),
        ("text", b"roof,radio\n0,yes\n", 'line 2, column "radio"'),
        ("blank-cell", b"roof,radio\n0,\n", 'line 2, column "radio"'),
        ("fraction", b"roof,radio\n0,0.5\n", 'line 2, column "radio"'),
        ("all-zero", b"roof,radio\n0,0\n", "all columns"),
    ):
        yield orders(f"binary-{name}", content, "bad.csv", mention, options=BINARY)
    for name, content, mention in (
        ("no-order", b"id,component\n1,roof\n", '"order"'),
        ("no-component", b"order,part\n1,roof\n", '"component"'),
        ("other-column", b"order,component,price\n1,roof,3\n", '"price"'),
        ("blank-order", b"order,component\n1,roof\n,roof\n", 'line 3, column "order"'),
        ("blank-component", b"order,component\n1,\n", 'line 2, column "component"'),
        ("bad-quantity", b"order,component,quantity\n1,roof,many\n", 'line 2, column "quantity"'),
        ("negative-quantity", b"order,component,quantity\n1,roof,-1\n", 'line 2, column "quantity"'),
        ("nan-quantity", b"order,component,quantity\n1,roof,nan\n", 'line 2, column "quantity"'),
        ("zero-quantity", b"order,component,quantity\n1,roof,0\n", "all rows"),
    ):
        yield orders(f"long-{name}", content, "bad.csv", mention, options=LONG)
    for name, options, mention in (
        ("layout", ("--layout", "tall"), "--layout"),
        ("share-negative", ("--min-share", "-0.1"), "--min-share"),
        ("share-above-one", ("--min-share", "10"), "--min-share"),
        ("share-nan", ("--min-share", "nan"), "--min-share"),
        ("share-text", ("--min-share", "ten"), "--min-share"),
        ("share-too-high", ("--min-share", "0.9"), "--min-share"),
        ("costs-three", ("--costs", "1,2,3"), "--costs"),
        ("costs-text", ("--costs", "1,2,x,10"), "--costs"),
        ("costs-negative", ("--costs", "1,-2,0.4,10"), "--costs"),
        ("costs-nan", ("--costs", "1,nan,0.4,10"), "--costs"),
        ("costs-infinite", ("--costs", "1,2,0.4,inf"), "--costs"),
        ("time-negative", ("--max-mean-assembly-time", "-1"), "--max-mean-assembly-time"),
        ("time-nan", ("--max-mean-assembly-time", "nan"), "--max-mean-assembly-time"),
        ("time-text", ("--max-mean-assembly-time", "soon"), "--max-mean-assembly-time"),
        ("base-no-value", ("--base", "roof"), "--base"),
        ("base-no-family", ("--base", "seat=red"), "--base"),
        ("base-other-value", ("--base", "roof=open"), "--base"),
        ("base-twice", ("--base", "roof=plain", "--base", "roof=glass"), "--base"),
        ("base-and-none", ("--base", "roof=plain", "--no-base"), "--base"),
        ("base-in-binary", ("--base", "roof=plain", *BINARY), "--base"),
        ("component-blank", ("--base-component", " "), "--base-component"),
        ("component-known", ("--base-component", "roof=glass"), "--base-component"),
        ("separator-long", ("--separator", "::"), "--separator"),
        ("separator-empty", ("--separator", ""), "--separator"),
        ("separator-quote", ("--separator", '"'), "--separator"),
        ("name-empty", ("--name", ""), "name"),
        ("problem", ("--problem", "routing"), "--problem"),
    ):
        yield orders(f"option-{name}", WIDE, mention, options=options)
    yield Case("orders-missing", ("import", "none.csv", "-o", "new.json"), ("none.csv", "does not exist"))
    yield Case("orders-folder", ("import", "dir", "-o", "new.json"), ("dir", "directory"), {"dir": None})
    yield Case("orders-no-output", ("import", "bad.csv"), ("--output", "import"), {"bad.csv": WIDE})


# ---- usage and options -----------------------------------------------------------------------------


def usage() -> Iterator[Case]:
    """Yield command lines that are wrong whatever the files hold."""
    files: dict[str, bytes | None] = {"good.json": encoded(SOUND)}
    for name, arguments, mention in (
        ("no-command", (), "command"),
        ("unknown-command", ("sovle", "good.json"), "sovle"),
        ("unknown-option", ("solve", "good.json", "--metod", "milp"), "--metod"),
        ("no-instance", ("solve",), "INSTANCE"),
        ("no-solution", ("check", "good.json"), "SOLUTION"),
        ("no-file", ("export", "good.json"), "FILE.mps|.lp"),
        ("no-orders", ("import", "-o", "x.json"), "ORDERS.csv"),
        ("no-schema", ("schema",), "NAME"),
        ("unknown-schema", ("schema", "routing"), "routing"),
        ("too-many", ("show", "good.json", "other.json"), "other.json"),
        ("option-without-value", ("solve", "good.json", "--method"), "--method"),
        ("flag-with-value", ("solve", "good.json", "--json=yes"), "--json"),
        ("unknown-global", ("--frobnicate", "show", "good.json"), "--frobnicate"),
    ):
        yield Case(f"usage-{name}", arguments, (mention,), files)
    for option, values in (
        ("--method", ("simplex", "", "MILP")),
        ("--formulation", ("dense", "", "Pattern")),
        ("--solver", ("nothing", "", "HiGHS")),
        ("--time-limit", ("-1", "nan", "inf", "soon", "")),
        ("--rel-gap", ("-0.1", "nan", "inf", "small")),
        ("--threads", ("0", "-2", "1.5", "many")),
        ("--jobs", ("0", "-1", "x")),
        ("--seed", ("-1", "0.5", "x")),
    ):
        for value in values:
            yield Case(f"option-{option}={value}", ("solve", "good.json", f"{option}={value}"), (option,), files)
    yield Case("export-formulation", ("export", "good.json", "x.lp", "--formulation", "dense"),
               ("--formulation", "dense"), files)  # fmt: skip
    for suffix in ("x.txt", "x", "x.LP.gz", "x.nl"):
        yield Case(f"export-{suffix}", ("export", "good.json", suffix), (suffix, ".mps"), files)


def outputs() -> Iterator[Case]:
    """Yield outputs that cannot be written; found before the work is done."""
    files: dict[str, bytes | None] = {"good.json": encoded(SOUND), "bad.csv": WIDE, "dir": None, "dir.lp": None}
    for command in (("solve", "good.json", "-o"), ("import", "bad.csv", "-o"), ("export", "good.json")):
        end = ".lp" if command[0] == "export" else ""
        for name, path, mention in (
            ("no-folder", f"nowhere/x{end}", "folder does not exist"),
            ("folder", f"dir{end}", "is a directory"),
            ("file-as-folder", f"good.json/x{end}", "cannot be written"),
            ("long-name", "n" * 300 + end, "too long"),
        ):
            yield Case(f"output-{command[0]}-{name}", (*command, path), (path, mention), files)


# ---- solutions and model files ---------------------------------------------------------------------


def solutions() -> Iterator[Case]:
    """Yield files that are no result and no solution."""
    whole: dict[str, bytes] = {
        "empty": b"", "prose": b"feasible", "list": b"[]", "no-solution": b"{}", "binary": bytes(range(256)),
        "truncated": encoded(RESULT)[:-9], "null-solution": changed(RESULT, "solution", None),
        "infeasible": encoded({**RESULT, "status": "infeasible", "solution": None}),
        "no-modules": without(RESULT, "solution.modules"), "nan": changed(RESULT, "objective", float("nan")),
    }  # fmt: skip
    for name, content in whole.items():
        yield _solution(name, content)
    wrong: dict[str, tuple[Any, ...]] = {
        "solution": ([], "none", 3),
        "solution.modules": (None, "ab", {}, 3),
        "solution.modules.1": ("b", 1, None),
        "solution.modules.0.0": (1, None),
        "solution.mean_assembly_time": ("0.8", True),
        "solution.costs": ([], 3),
        "solution.costs.preassembly": ("0", None),
        "objective": ("21.2", True, HUGE),
        "bound": ("20", [20]),
        "status": (1,),
        "instance": (3,),
    }
    for place, values in wrong.items():
        for number, value in enumerate(values):
            content = changed(RESULT, place, value).replace(b"Infinity", b"1e999")
            yield _solution(f"{place}-{number}", content, _written(place))
    yield _solution("bare-modules", b'{"modules": ["ab"]}', "modules[0]")
    sound: dict[str, bytes | None] = {"good.json": encoded(SOUND), "dir": None}
    yield Case("solution-missing", ("check", "good.json", "none.json"), ("none.json", "does not exist"), sound)
    yield Case("solution-folder", ("check", "good.json", "dir"), ("dir", "directory"), sound)


def _solution(name: str, content: bytes, *mentions: str) -> Case:
    files: dict[str, bytes | None] = {"good.json": encoded(SOUND), "answer.json": content}
    return Case(f"solution-{name}", ("check", "good.json", "answer.json"), ("answer.json", *mentions), files)


_VARIED = (
    "import pyomo.environ as pyo\nfrom atoopt.stock.model.formulation import build\n"
    "def build_model(instance):\n    model = build(instance)\n    {}\n    return model\n"
)

MODELS = {
    "syntax": ("def build_model(instance)\n    return 1\n", "line 1"),
    "raises-at-import": ("import math\nraise ValueError('no')\n", "line 2"),
    "imports-nothing": ("import a_library_that_is_not_there\n", "line 1"),
    "exits": ("import sys\nsys.exit(0)\n", "line 2"),
    "no-function": ("def build(instance):\n    return None\n", "build_model"),
    "no-callable": ("build_model = 3\n", "build_model"),
    "empty": ("", "build_model"),
    "raises": ("def build_model(instance):\n    return 1 / 0\n", "line 2"),
    "no-argument": ("def build_model():\n    return None\n", "build_model"),
    "returns-none": ("def build_model(instance):\n    pass\n", "build_model"),
    "two-objectives": (_VARIED.format("model.more = pyo.Objective(expr=model.operations)"), "2 active objectives"),
    "no-objective": (_VARIED.format("model.cost.deactivate()"), "0 active objectives"),
    "unknown-label": (_VARIED.format("model.modules = {'ab': 3}"), '"ab"'),
    "no-set": (_VARIED.format("model.modules = dict.fromkeys(model.modules, 8)"), "is 8"),
    "returns-instance": ("def build_model(instance):\n    return instance\n", "build_model"),
    "without-hold": (
        "import pyomo.environ as pyo\ndef build_model(instance):\n    return pyo.ConcreteModel()\n", "hold",
    ),
}  # fmt: skip


def models() -> Iterator[Case]:
    """Yield analysts' model files that cannot be used."""
    files: dict[str, bytes | None] = {"good.json": encoded(SOUND), "dir": None}
    for name, (text, mention) in MODELS.items():
        arguments = ("solve", "good.json", "--model", "mine.py")
        yield Case(f"model-{name}", arguments, ("mine.py", mention), {**files, "mine.py": text.encode()})
    yield Case("model-binary", ("solve", "good.json", "--model", "mine.py"), ("mine.py",),
               {**files, "mine.py": bytes(range(256))})  # fmt: skip
    for path in ("none.py", "dir", "n" * 300):
        yield Case(f"model-{path}", ("solve", "good.json", "--model", path), (path,), files)
    arguments = ("solve", "good.json", "--model", "mine.py", "--method", "module-size")
    yield Case("model-other-method", arguments, ("--model",), {**files, "mine.py": b""})


TABLES: tuple[Callable[[], Iterator[Case]], ...] = (
    keys, references, texts, paths, histories, usage, outputs, solutions, models,
)  # fmt: skip

CASES: list[Case] = [case for table in TABLES for case in table()]
