"""Which of HiGHS's searches pay on the sub-problems of this front: what the solves themselves show.

Most fronts are many solves of which each is small and has a start; there, what HiGHS does for long solves without one
costs more than it saves. Where solves grow long, finding good solutions decides, and the searches in sub-models that do
so pay for themselves. No number of rows or columns tells one from the other, so both are tried once solves are long.
Solves are compared by simplex iterations, those in sub-models included, and not by the clock: a run does not take
another way because the machine was busy.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

from atoopt.solvers.confirm import Work
from atoopt.solvers.highs_calls import SUB_MIPS

LONG = 20_000
"""Iterations on average from which on solves are long: two seconds each on a small model, which trials can halve."""

TRIALS = 3
"""Solves with each way before they are compared."""

LAST = 8
"""Solves that say whether solves are long."""

AGAIN = 24
"""After so many solves the ways that were slower get one solve more, for the front is not alike everywhere."""

REMEMBERED = 12
"""Solves of a way that count: the last ones."""

WORTH_A_LOOK = 3_000
"""Iterations of a solve on average from which on a local search before it pays: it takes as long as some thousand."""

AT_ROOT = 10
"""Nodes of a solve on average up to which it ends at its root, all but: then a solve more costs more than it saves."""

FEW_COLUMNS = 1000
"""Models of more columns begin with searches in sub-models: a node costs more there."""


@dataclass(frozen=True)
class Way:
    """A set of options: cuts and restarts beyond the root, and searches in sub-models."""

    cuts: bool
    sub_mips: bool

    def options(self) -> dict[str, bool]:
        """Return HiGHS's options."""
        options = {"mip_allow_cut_separation_at_nodes": self.cuts, "mip_allow_restart": self.cuts}
        return options | {f"mip_heuristic_run_{name}": self.sub_mips for name in SUB_MIPS}


LEAN, SEARCHING, OWN = Way(cuts=False, sub_mips=False), Way(cuts=False, sub_mips=True), Way(cuts=True, sub_mips=True)


@dataclass
class _Kind:
    """What solves of one kind have shown.

    Attributes
    ----------
    ways : list of Way
        The first is used until solves are long.
    work : dict of Way -> deque of int
        Iterations of the last solves with it.
    last : deque of Work
        Of the last solves.
    """

    ways: list[Way]
    long: bool = False
    solves: int = 0
    work: dict[Way, deque[int]] = field(default_factory=lambda: defaultdict(lambda: deque(maxlen=REMEMBERED)))
    last: deque[Work] = field(default_factory=lambda: deque(maxlen=LAST))

    def next_way(self) -> Way:
        """Return the way of the next solve."""
        if not self.long:
            return self.ways[0]
        fewest = min(self.ways, key=lambda way: len(self.work[way]))
        if len(self.work[fewest]) < TRIALS:
            return fewest
        by_work = sorted(self.ways, key=self._mean)
        since = self.solves % AGAIN
        return by_work[since + 1] if since < len(by_work) - 1 else by_work[0]

    def tell(self, way: Way, work: Work) -> None:
        """Take note of a solve."""
        self.work[way].append(work.iterations)
        self.last.append(work)
        self.solves += 1
        self.long = self.long or self.iterations() >= LAST * LONG

    def iterations(self) -> int:
        """Return the iterations of the last solves."""
        return sum(work.iterations for work in self.last)

    def _mean(self, way: Way) -> float:
        return sum(self.work[way]) / len(self.work[way])


class Tuning:
    """Chooses options before each solve, and is told what it took.

    Parameters
    ----------
    n_columns : int
    """

    def __init__(self, n_columns: int) -> None:
        ways = [LEAN, SEARCHING, OWN] if n_columns <= FEW_COLUMNS else [SEARCHING, LEAN, OWN]
        self.kinds: dict[bool, _Kind] = defaultdict(lambda: _Kind(list(ways)))
        self.way = ways[0]

    def choose(self, highs: Any, *, limited: bool) -> None:
        """Set HiGHS's options for a solve within limits, or for one of a weighted sum without any."""
        self.way = self.kinds[limited].next_way()
        for name, value in self.way.options().items():
            highs.setOptionValue(name, value)

    def needs_starts(self) -> bool:
        """Whether the last solves within limits took so long that a start would be worth a search."""
        return self.kinds[True].iterations() >= LAST * WORTH_A_LOOK

    def ends_at_root(self) -> bool:
        """Whether the last solves within limits needed no tree; so it is taken to be until one is seen."""
        last = self.kinds[True].last
        return sum(work.nodes for work in last) <= AT_ROOT * len(last)

    def tell(self, work: Work, *, limited: bool) -> None:
        """Take note of the work of the solve for which options were chosen last."""
        self.kinds[limited].tell(self.way, work)
