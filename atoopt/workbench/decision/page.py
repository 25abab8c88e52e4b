"""One self-contained page of a decision: no request leaves it, and it runs no script of others."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from atoopt.base.errors import InputError, one_line
from atoopt.base.files import read_json
from atoopt.base.problem import problem_of
from atoopt.base.writing import write_text
from atoopt.pages.libraries import TEMPLATES as SHARED
from atoopt.pages.libraries import environment, own
from atoopt.solvers.result import Result
from atoopt.workbench.decision.curve import curve_of, drawn
from atoopt.workbench.decision.parts import Decision

TEMPLATES = Path(__file__).parent / "templates"


def report(
    instance: Any, result: Any, fronts: Sequence[Any] = (), output: str | os.PathLike[str] | None = None
) -> str:  # fmt: skip
    """Return the page of a decision, and write it where an output is given.

    Every number on it is recomputed by the independent evaluator; a result that claims otherwise is refused.

    Parameters
    ----------
    instance : StockInstance or PolicyInstance
    result : Result or path
        What is decided: of `atoopt.solve`, or a file of its.
    fronts : sequence of Front or path
        For the curve: what another time, or other set-up hours, would cost.
    output : path, optional
        An ``.html`` file, written whole or not at all.

    Raises
    ------
    InputError
        The result has no solution, or is not of this instance; a front is not.

    Examples
    --------
    >>> import atoopt
    >>> instance = atoopt.load("instances/stock/uniform-5.json")
    >>> page = atoopt.report(instance, atoopt.solve(instance, "milp"), [atoopt.pareto(instance)])
    >>> "Hold 10 modules" in page
    True
    """
    _refuse_others(instance)
    judged = _judged(instance, result)
    decision = _decision(judged)
    read = [_front(front) for front in fronts]
    if read:
        decision = replace(decision, curve=curve_of(instance, read, judged.solution, _teller(instance)))
    text = page_text(decision)
    if output is not None:
        write_text(output, text)
    return text


def _refuse_others(instance: Any) -> None:
    """Raise unless there is a page for such decisions."""
    if problem_of(instance).name not in ("stock-composition", "policy"):
        remedy = "give an instance of atoopt/stock-composition or atoopt/policy"
        raise InputError(f"is {instance.format}, of which there is no page", remedy, place="format")


def _judged(instance: Any, result: Any) -> Result:
    """Return a result of the instance, whose claims have been checked."""
    if isinstance(result, (str, os.PathLike)):
        found = Result.load(os.fspath(result), instance)
    elif isinstance(result, Result):
        found = result
        if found.instance != instance:
            raise InputError("is of another instance", "give the one that was solved", place="result")
    else:
        raise InputError(f"is {type(result).__name__}", "give a result of atoopt.solve, or its file", place="result")
    if found.solution is None:
        raise InputError(f"has no solution ({found.status})", "solve it with more time", place="result")
    return found


def _decision(result: Result) -> Decision:
    if problem_of(result.instance).name == "policy":
        from atoopt.workbench.decision.policy import decision_of_policy

        return decision_of_policy(result)
    from atoopt.workbench.decision.stock import decision_of_stock

    return decision_of_stock(result)


def _teller(instance: Any) -> Any:
    if problem_of(instance).name == "policy":
        from atoopt.workbench.decision.policy import picked
    else:
        from atoopt.workbench.decision.stock import picked
    return picked


def _front(front: Any) -> tuple[dict[str, Any], str]:
    """Return a front as JSON, and its file."""
    if isinstance(front, (str, os.PathLike)):
        data = read_json(os.fspath(front))
        if not isinstance(data.get("points"), list):
            raise InputError("holds no front", "give the JSON of atoopt pareto", place="points", file=os.fspath(front))
        return data, os.fspath(front)
    return dict(json.loads(json.dumps(front.to_json()))), ""


def page_text(decision: Decision) -> str:
    """Return the page of a decision as text."""
    style = own(SHARED, "page.css") + own(TEMPLATES, "decision.css")
    script = own(TEMPLATES, "decision.js")
    points = [] if decision.curve is None else [[point.head, list(point.items)] for point in decision.curve.points]
    data = json.dumps(points).replace("<", "\\u003c")
    markup = environment(TEMPLATES).filters["safe"]
    trusted = {"style": style, "script": script, "data": data}
    nonce = hashlib.sha256("".join(trusted.values()).encode("utf-8", "replace")).hexdigest()[:32]
    page = environment(TEMPLATES).get_template("decision.html")
    text = page.render(
        decision=decision, title=one_line(decision.title), nonce=nonce,
        picture=None if decision.curve is None else drawn(decision.curve),
        **{name: markup(text) for name, text in trusted.items()},
    )  # fmt: skip
    return str(text).encode("utf-8", "backslashreplace").decode("utf-8")  # half of a character has no place in a file
