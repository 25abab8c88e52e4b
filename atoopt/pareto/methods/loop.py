"""From box to box: which is searched next, what becomes of its parts, and when there is enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from atoopt.pareto.methods import balanced_box, dichotomy, epsilon_constraint
from atoopt.pareto.methods.box import Box
from atoopt.pareto.program.scale import Scale
from atoopt.pareto.search.outcomes import Pair, Unproven
from atoopt.pareto.search.search import Search

Step = Callable[[Search, Box], list[Box]]

STEPS: dict[str, Step] = {
    "epsilon-constraint": epsilon_constraint.step,
    "dichotomy": dichotomy.step,
    "balanced-box": balanced_box.step,
}
"""The methods: each searches a box a little, and returns what is left of it."""


@dataclass
class Plan:
    """How boxes are searched; what a child process needs to know of it.

    Attributes
    ----------
    method : str
        A key of `STEPS`.
    scale : Scale
    ranges : (float, float)
        Of both objectives, in the scale's units.
    is_line : bool
        The front is the line through its extreme points (a linear program), and only these are wanted.
    counted : bool
        A number of points is wanted.
    """

    method: str
    scale: Scale
    ranges: Pair
    is_line: bool = False
    counted: bool = False

    def open(self, parts: list[Box]) -> list[Box]:
        """Return the parts that may hold further points."""
        known = (box for box in parts if box.is_open(self.scale.steps, self.scale.whole))
        return [box for box in known if box.hull or not self.is_line]


@dataclass
class State:
    """Where a search stands.

    Attributes
    ----------
    boxes : list of Box
        Still to be searched.
    stuck : list of Box
        Whose solve ended without a proof, or which the method cannot search.
    reasons : list of str
        Why, in the order of events.
    """

    boxes: list[Box] = field(default_factory=list)
    stuck: list[Box] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    tried_again: set[Box] = field(default_factory=set)

    def take(self, ranges: Pair) -> Box:
        """Return the box that leaves the front covered worst; it is taken out."""
        worst = max(range(len(self.boxes)), key=lambda i: self.boxes[i].error(ranges))
        return self.boxes.pop(worst)

    def put(self, plan: Plan, parts: list[Box]) -> None:
        """Add what is left of a box."""
        for box in parts:
            beyond_it = plan.method == "dichotomy" and not box.hull
            (self.stuck if beyond_it else self.boxes).append(box)

    def fail(self, box: Box, reason: str) -> None:
        """Set a box aside."""
        self.stuck.append(box)
        self.reasons.append(reason)

    def try_again(self) -> bool:
        """Put boxes that had too small a share of the time back, each once; return whether there were any."""
        again = [box for box in self.stuck if box not in self.tried_again]
        self.tried_again.update(again)
        self.boxes += again
        self.stuck = [box for box in self.stuck if box not in again]
        if again:
            self.reasons.clear()
        return bool(again)


def advance(search: Search, plan: Plan, box: Box, method: str, on_split: Callable[[Box, list[Box]], None]) -> list[Box]:
    """Search a box a little; return what is left of it.

    Raises
    ------
    Unproven
        A solve ended without a proof; the box is as it was.
    """
    search.watching = not plan.counted
    parts = plan.open(STEPS[method](search, box))
    on_split(box, parts)
    return parts


def search_here(
    search: Search, plan: Plan, state: State, enough: Callable[[int], bool],
    on_split: Callable[[Box, list[Box]], None],
) -> None:  # fmt: skip
    """Search all boxes in this process, until there are enough points or the run is stopped.

    Raises
    ------
    Crawling
        The front has continuous parts; the box is put back.
    """
    while not search.run.stopped and not enough(0):
        if not state.boxes and (plan.method == "dichotomy" or not state.try_again()):
            return
        box = state.take(plan.ranges)
        search.alone = not state.boxes
        try:
            state.put(plan, advance(search, plan, box, plan.method, on_split))
        except Unproven as unproven:
            state.fail(box, str(unproven))
        except BaseException:
            state.boxes.append(box)
            raise
