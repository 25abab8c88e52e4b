"""The result common to all methods and problems, and how a method's claim becomes one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

from atoopt.base.errors import InputError, one_line
from atoopt.base.gap import PROOF_TOLERANCE, relative_gap
from atoopt.base.values import ByValue
from atoopt.base.writing import json_text, write_text
from atoopt.solvers.run import Progress, Run

if TYPE_CHECKING:
    import pandas as pd

Status = Literal["optimal", "feasible", "infeasible", "unknown"]


class Solution(Protocol):
    """What an evaluator returns: see `atoopt.stock.evaluation.Evaluation`."""

    @property
    def cost(self) -> float: ...
    @property
    def violations(self) -> tuple[str, ...]: ...
    def to_json(self) -> dict[str, Any]: ...


class FalseClaim(RuntimeError):
    """A method claims what the evaluator refutes: a defect, of which no result is made."""


@dataclass(frozen=True)
class ModelProof:
    """What was proven of an analyst's own model (``--model``), and of nothing else.

    Attributes
    ----------
    status : {"optimal", "feasible", "infeasible", "unknown"}
    objective, bound : float or None
        In the model's own sense.
    """

    status: Status
    objective: float | None
    bound: float | None

    def to_json(self) -> dict[str, Any]:
        """Return the keys ``model_status``, ``model_objective`` and ``model_bound``."""
        return {"model_status": self.status, "model_objective": self.objective, "model_bound": self.bound}

    def __str__(self) -> str:
        """Return the same in words."""
        named = ("objective", self.objective), ("bound", self.bound)
        numbers = [f"{name} {value:.4f}" for name, value in named if value is not None]
        return f"model {self.status}" + (f" ({', '.join(numbers)})" if numbers else "")


@dataclass
class Claim:
    """What a method says it found, before the independent evaluator has seen it.

    Attributes
    ----------
    solution : object or None
        In the problem's own form (a stock: modules as bits), for the evaluator.
    bound : float or None
        Holds for everything that the instance allows.
    restricted_bound : float or None
        Holds only for the candidates that the method looked at.
    infeasible : bool
        Proven: the instance allows no solution.
    message : str
        What the user should know.
    unproven : str
        Why a solution is not proven optimal (or none is found), for reasons of the method's own; said only where
        that is so, and where the run has not been stopped.
    details : dict
        Statistics of the method, plain data.
    model : ModelProof, optional
        What was proven of the analyst's own model, where one was given.
    """

    solution: Any = None
    bound: float | None = None
    restricted_bound: float | None = None
    infeasible: bool = False
    message: str = ""
    unproven: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    model: ModelProof | None = None


@dataclass(frozen=True, eq=False)
class Result(ByValue):
    """The best solution found and what is proven about it.

    Attributes
    ----------
    problem : str
    instance : StockInstance
        The result can be checked without its method.
    method, solver : str, str or None
    status : {"optimal", "feasible", "infeasible", "unknown"}
        `optimal` and `infeasible` mean proven.
    objective : float or None
        The cost, recomputed by the independent evaluator.
    bound : float or None
        No solution that the instance allows costs less.
    restricted_bound : float or None
        No solution among the method's candidates costs less.
    seconds : float
    solution : Evaluation or None
    message : str
        Says why, wherever the status is `feasible` or `unknown`.
    details : dict
    trajectory : tuple of Progress
        (seconds, incumbent, bound) whenever one of the two moved.
    """

    compared: ClassVar[tuple[str, ...]] = (
        "problem", "instance", "method", "solver", "status", "objective", "bound", "restricted_bound", "solution",
        "model",
    )  # fmt: skip

    problem: str
    instance: Any
    method: str
    solver: str | None
    status: Status
    objective: float | None
    bound: float | None
    restricted_bound: float | None
    seconds: float
    solution: Any
    message: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    trajectory: tuple[Progress, ...] = ()
    model: ModelProof | None = None

    @property
    def gap(self) -> float | None:
        """|objective - bound| / |objective|; None where one of the two is unknown."""
        return relative_gap(self.objective, self.bound)

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object of ``atoopt solve --json``; what is unknown is None."""
        return {
            "problem": self.problem,
            "instance": self.instance.name,
            "method": self.method,
            "solver": self.solver,
            "status": self.status,
            "objective": self.objective,
            "bound": self.bound,
            "restricted_bound": self.restricted_bound,
            "gap": self.gap,
            "seconds": self.seconds,
            "solution": None if self.solution is None else self.solution.to_json() | self._detail(),
            "message": self.message,
            "details": self.details,
            "trajectory": [list(point) for point in self.trajectory],
            **({} if self.model is None else self.model.to_json()),
        }

    def _detail(self) -> dict[str, Any]:
        """Return what is told of a solution in a result alone: in a front it would be there for every point."""
        detail = getattr(self.solution, "detail", None)
        return {} if detail is None else dict(detail())

    def save(self, path: str) -> None:
        """Write `to_json` to a file, whole or not at all."""
        write_text(path, json_text(self.to_json()) + "\n")

    @classmethod
    def load(cls, path: str, instance: Any) -> Result:
        """Read a result of `save`; its solution is evaluated anew, and its claims are checked.

        Parameters
        ----------
        path : path
        instance : StockInstance or PolicyInstance
            Of which it is a result.

        Raises
        ------
        InputError
            The file holds no such result, or one that claims what is not so.
        """
        from atoopt.solvers.saved import load

        return load(cls, path, instance)

    def to_frame(self) -> pd.DataFrame:
        """Return the solution as a table: a row a module (size, use, cost terms), or a row a part."""
        return self._solved().to_frame()

    def products(self) -> pd.DataFrame:
        """Return a row a product: its modules, operations, time, demand; of stocks alone."""
        return self._solved().products()

    def _solved(self) -> Any:
        if self.solution is None:
            raise InputError(f"has no solution ({self.status})", "give the method more time", place="result")
        return self.solution

    def headline(self) -> str:
        """Return status, objective, bound, gap and time on one line."""
        shown = [f"{one_line(self.instance.name)}: {self.status}"]
        for label, value in (
            (getattr(self.solution, "objective_name", "cost"), self.objective),
            ("bound", self.bound),
            ("bound over the candidates", self.restricted_bound),
        ):
            if value is not None:
                shown.append(f"{label} {value:.4f}")
        if self.model is not None:
            shown.append(str(self.model))
        if self.gap is not None:
            shown.append(f"gap {self.gap:.2%}")
        return ", ".join([*shown, f"{self.seconds:.2f} s by {self.method}"])

    def __repr__(self) -> str:
        """Return the headline."""
        return f"<{self.headline()}>"

    def _repr_html_(self) -> str:
        body = "" if self.solution is None else self.solution._repr_html_()
        return f"<p><b>{escape(self.headline())}</b></p><p>{escape(self.message)}</p>{body}"


def conclude(
    claim: Claim, run: Run, instance: Any, *, problem: str, method: str, solver: str | None,
    evaluate: Callable[[Any, Any], Solution],
) -> Result:  # fmt: skip
    """Turn a method's claim into a `Result`: the evaluator's cost, and a status that is proven.

    Raises
    ------
    RuntimeError
        The claim contradicts the evaluator (a limit broken, or a bound above the cost): a defect of the
        method, which must not be reported as a result.
    """
    solution = None if claim.solution is None else evaluate(instance, claim.solution)
    if solution is not None and solution.violations:
        raise FalseClaim(f"method {method} returned a solution that breaks: {'; '.join(solution.violations)}")
    objective = None if solution is None else solution.cost
    bound, restricted = (_tenable(b, objective, method) for b in (claim.bound, claim.restricted_bound))
    status: Status = "infeasible" if claim.infeasible else "unknown"
    if objective is not None:
        proven = bound is not None and objective - bound <= PROOF_TOLERANCE * abs(objective)
        status = "optimal" if proven else "feasible"
    why = ""
    if status in ("feasible", "unknown"):
        why = run.stop_reason or claim.unproven or _why_unproven(claim, objective, bound, run.options.rel_gap)
    run.report(objective, bound)
    return Result(
        problem=problem, instance=instance, method=method, solver=solver, status=status, objective=objective,
        bound=bound, restricted_bound=restricted, seconds=run.seconds, solution=solution,
        message="; ".join(part for part in (claim.message, why or run.stop_reason) if part),
        details=claim.details, trajectory=tuple(run.trajectory), model=claim.model,
    )  # fmt: skip


def _tenable(bound: float | None, objective: float | None, method: str) -> float | None:
    """Return a bound as it can be told, from 0 to the cost; None where it is above, its arithmetic being too coarse."""
    if bound is None or objective is None:
        return bound
    if bound > objective + PROOF_TOLERANCE * max(1.0, abs(objective)):
        raise FalseClaim(f"method {method} claims the bound {bound!r} above the cost {objective!r}")
    if bound > objective > 0 and bound - objective > PROOF_TOLERANCE * objective:
        return None
    return min(max(bound, 0.0), objective)  # no cost is negative


def _why_unproven(claim: Claim, objective: float | None, bound: float | None, rel_gap: float) -> str:
    """Say why a run that came to its own end has not proven its solution optimal, or found none."""
    gap = relative_gap(objective, bound)
    if gap is not None and gap <= rel_gap:
        return f"ended within the gap of {rel_gap:g} that was asked for"
    if gap is not None:
        return f"the search has ended, and its bound is {gap:.1e} of the cost below it"
    if objective is not None and claim.bound is not None:
        return "the bound came out above the cost: too coarse, for costs of so different size"
    if objective is not None and claim.restricted_bound is not None:
        return "what is proven holds for the candidates alone"
    if objective is not None:
        return "no bound is proven by this method"
    return "" if claim.message else "the search has ended without a solution or a proof that there is none"
