"""What given variants give away: the truth that every method is checked against.

Nothing here knows a model or a method; `evaluate` takes an instance and variants, and recomputes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from atoopt.base.errors import InputError
from atoopt.diversity.instance import DiversityInstance

if TYPE_CHECKING:
    import pandas as pd


BLOCK = 1024
"""Orders compared with all variants at a time, to keep memory bounded."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a choice of variants gives away, and which limits it breaks.

    Attributes
    ----------
    instance : DiversityInstance
    positions : tuple of int
        The variants, as positions in ``instance.products``, ascending.
    served_by : (n_products,) array of int
        The position of the variant that each order gets, of least give-away; -1 where none has all that is ordered.
    given : (n_products,) array
        Cost of what each order gets beyond what was ordered; NaN where it is not served.
    violations : tuple of str
        Each broken limit in words; empty for a feasible choice.
    """

    objective_name: ClassVar[str] = "give-away"

    instance: DiversityInstance
    positions: tuple[int, ...]
    served_by: NDArray[np.int64]
    given: NDArray[np.float64]
    violations: tuple[str, ...]

    @property
    def give_away(self) -> float:
        """The mean cost of what an order gets beyond what was ordered, over the orders that are served."""
        return float(self.instance.shares @ np.nan_to_num(self.given))

    @property
    def cost(self) -> float:
        """The give-away, which is minimized."""
        return self.give_away

    @property
    def n_variants(self) -> int:
        """The number of variants built."""
        return len(self.positions)

    @property
    def variants(self) -> tuple[tuple[str, ...], ...]:
        """The variants in component names."""
        return tuple(self.instance.products[j].components for j in self.positions)

    @property
    def feasible(self) -> bool:
        """Whether every order is served by at most P variants."""
        return not self.violations

    @property
    def exact_share(self) -> float:
        """The share of the orders that get just what was ordered."""
        return float(self.instance.shares[self.served_by == np.arange(self.instance.n_products)].sum())

    def to_json(self) -> dict[str, Any]:
        """Return the key ``solution`` of the JSON output."""
        return {
            "variants": [list(names) for names in self.variants],
            "n_variants": self.n_variants,
            "give_away": self.give_away,
        }

    def use(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return, per variant, the share of the orders that get it, and their mean give-away, each (n_variants,)."""
        got, built = self.served_by >= 0, list(self.positions)
        shares, n = self.instance.shares, self.instance.n_products
        sold = np.bincount(self.served_by[got], shares[got], n)[built].astype(np.float64)
        lost = np.bincount(self.served_by[got], (shares * self.given)[got], n)[built].astype(np.float64)
        return sold, np.divide(lost, sold, out=np.zeros_like(lost), where=sold > 0)

    def to_frame(self) -> pd.DataFrame:
        """Return a row a variant: its components, the share of the orders that get it, and their mean give-away."""
        import pandas as pd

        sold, lost = self.use()
        labels = [self.instance.labels[j] for j in self.positions]
        return pd.DataFrame({"variant": labels, "share": sold, "give_away": lost})

    def __repr__(self) -> str:
        """Return size and give-away in one line."""
        state = "feasible" if self.feasible else "violates: " + "; ".join(self.violations)
        return f"<{self.n_variants} variants, give-away {self.give_away:g} an order, {state}>"

    def _repr_html_(self) -> str:
        table = self.to_frame()._repr_html_()  # type: ignore[operator]
        return f"<p>{escape(repr(self)[1:-1])}</p>{table}"


def evaluate(instance: DiversityInstance, variants: Iterable[Iterable[str]]) -> Evaluation:
    """Evaluate variants given in component names.

    Parameters
    ----------
    instance : DiversityInstance
    variants : iterable of iterables of str
        Each the components of a product that is ordered; the empty one is the base.

    Returns
    -------
    Evaluation

    Raises
    ------
    InputError
        A variant is no product of the instance.

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.diversity import evaluate
    >>> instance = atoopt.load("instances/diversity/trims-6.json")
    >>> round(evaluate(instance, [["radio", "heater", "roof"], ["heater", "hook"], ["heater"]]).give_away, 6)
    0.45
    """
    known = {frozenset(product.components): j for j, product in enumerate(instance.products)}
    positions = []
    for i, names in enumerate(variants):
        found = known.get(frozenset(names))
        if found is None:
            raise InputError("is no product of the instance", "choose among its products", place=f"variants[{i}]")
        positions.append(found)
    return evaluate_positions(instance, positions)


def evaluate_positions(instance: DiversityInstance, variants: Iterable[int]) -> Evaluation:
    """Evaluate variants given by their positions among the products; repetitions are dropped."""
    positions = tuple(sorted({int(j) for j in variants}))
    served_by, given = _served(instance, np.array(positions, dtype=np.int64))
    return Evaluation(instance, positions, served_by, given, _violations(instance, positions, served_by))


def _served(instance: DiversityInstance, variants: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the variant that each order gets, -1 for none, and the cost of what it gets beyond what it ordered."""
    has, n = instance.has.astype(np.float64), instance.n_products
    served_by, given = np.full(n, -1, dtype=np.int64), np.full(n, np.nan)
    if not len(variants):
        return served_by, given
    lacking, worth = (1.0 - has[variants]).T, (has[variants] * instance.weights).T
    for first in range(0, n, BLOCK):
        orders = has[first : first + BLOCK]
        more = np.where(orders @ lacking == 0.0, (1.0 - orders) @ worth, np.inf)
        nearest = np.argmin(more, axis=1)
        least = more[np.arange(len(orders)), nearest]
        found = np.flatnonzero(np.isfinite(least))
        served_by[first + found], given[first + found] = variants[nearest[found]], least[found]
    served_by[variants], given[variants] = variants, 0.0
    return served_by, given


def _violations(
    instance: DiversityInstance, positions: tuple[int, ...], served_by: NDArray[np.int64]
) -> tuple[str, ...]:  # fmt: skip
    """Name each limit that the variants break."""
    broken = []
    if instance.max_variants is not None and len(positions) > instance.max_variants:
        broken.append(f"{len(positions)} variants are more than max_variants {instance.max_variants}")
    for k in np.flatnonzero(served_by < 0).tolist():
        broken.append(f"no variant has all that products[{k}] {list(instance.products[k].components)} orders")
    return tuple(broken)
