"""What is proven of a result, in words that say no more than that."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from atoopt.solvers.result import Result


def sentence_of_proof(result: Result, what: str) -> str:
    """Return the sentence for those who decide.

    Parameters
    ----------
    result : Result
    what : str
        ``stock`` or ``policy``.
    """
    if result.status == "optimal":
        return f"No {what} that keeps the limits is better: that is proven."
    if result.bound is not None and result.gap is not None:
        text = f"No {what} can come to less than {result.bound:.6g}, so that at most {result.gap:.2%} could be saved"
        return f"{text}; whether anything can is not known."
    if result.restricted_bound is not None:
        return (
            f"Among the modules that were looked at none is better than {result.restricted_bound:.6g}; others may be."
        )
    return f"It is not proven how good this {what} is: a better one may exist."


def proven(result: Result) -> list[tuple[str, str]]:
    """Return terms and texts."""
    terms = [("Status", {"optimal": "optimal, proven", "feasible": "allowed, not proven optimal"}[result.status])]
    if result.bound is not None:
        terms.append(("Proven bound", f"{result.bound:.6g}"))
    if result.gap is not None:
        terms.append(("Gap", f"{result.gap:.2%}"))
    solver = f", {result.solver}" if result.solver else ""
    terms.append(("Found by", f"method {result.method}{solver}, {result.seconds:.1f} s"))
    if result.message:
        terms.append(("Remark", result.message))
    terms.append(("Checked", "Every number of this page was recomputed from the data, by no model."))
    return terms
