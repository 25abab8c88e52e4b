"""Boxes searched by child processes, of joblib or of a dask cluster: each that is free gets the next box.

A piece of work is one box for a slice of time; what is left of it comes back and goes to whoever is free, so that none
is idle while there are boxes. Boxes are open and end at known points, so nothing is found twice at the seams. Where
there are fewer boxes than processes, a box is halved. Children write to the journal as they find: when one is killed
the journal says what is left, the other pieces are not lost, and a box that was twice in work then is set aside.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait

from atoopt.pareto.methods.box import Box
from atoopt.pareto.methods.loop import Plan, State
from atoopt.pareto.running.journal import Journal
from atoopt.pareto.running.piece import LONG_SLICE, SLICE, Done, Piece, search_piece
from atoopt.pareto.running.pools import Pool, pool_of
from atoopt.pareto.search.outcomes import Crawling
from atoopt.pareto.search.search import Search
from atoopt.solvers.run import Options

POLL = 0.1
"""Seconds between two looks at the clock."""

GRACE = 1.5
"""Seconds that children get to come back with what they have once the run is stopped; then they are killed."""

BUSY = 2
"""Boxes that wait for each process, from which on slices are long."""

DEATHS = 2
"""A box that was in work when so many processes died is not tried again."""


def search_in_children(
    search: Search, plan: Plan, state: State, enough: Callable[[int], bool], journal: Journal, backend: str
) -> None:
    """Search all boxes in child processes, until there are enough points or the run is stopped.

    Raises
    ------
    Crawling
        The front has continuous parts.
    InputError
        The backend is not installed.
    """
    if not state.boxes:
        return
    jobs = search.run.options.jobs
    team = _Team(search, plan, state, enough, journal, jobs)
    team.stop_file.unlink(missing_ok=True)  # left by a run that was killed
    try:
        with pool_of(backend, jobs, search.program) as pool:
            team.search_all(pool)
    finally:
        team.stop_file.unlink(missing_ok=True)
        state.boxes += team.running.values()  # handed out, and not come back


class _Team:
    """The parent's side: boxes go out, what is left of them comes back."""

    def __init__(
        self, search: Search, plan: Plan, state: State, enough: Callable[[int], bool], journal: Journal, jobs: int
    ) -> None:
        self.search, self.plan, self.state, self.enough = search, plan, state, enough
        self.journal, self.jobs = journal, jobs
        self.fingerprint = search.program.fingerprint()
        self.stop_file = journal.path.with_name(journal.path.name + ".stop")
        self.running: dict[Future[Done], Box] = {}
        self.deaths: Counter[Box] = Counter()
        self.crawls = False

    def search_all(self, pool: Pool) -> None:
        """Hand out boxes until none is left."""
        run, state = self.search.run, self.state
        while not run.stopped and not self.crawls:
            self._hand_out(pool)
            if self.running:
                self._take_back(pool)
            elif self.enough(0) or self.plan.method == "dichotomy" or not state.try_again():
                break
        self.stop_file.touch()
        self._gather(pool)
        if self.crawls:
            raise Crawling

    def _gather(self, pool: Pool) -> None:
        """Wait for what is still in work; not for long."""
        until = time.monotonic() + GRACE
        while self.running and time.monotonic() < until:
            self._take_back(pool)
        if self.running:
            self._recover(pool)

    def _hand_out(self, pool: Pool) -> None:
        while self.state.boxes and len(self.running) < self.jobs and not self.enough(len(self.running)):
            few = len(self.state.boxes) + len(self.running) < self.jobs
            box = self.state.take(self.plan.ranges)
            future = pool.submit(search_piece, self.fingerprint, self._piece(box, few))
            self.running[future] = box

    def _piece(self, box: Box, few: bool) -> Piece:
        """Return a piece; with few boxes it is halved, for the others that are free."""
        method, run = self.plan.method, self.search.run
        if few and not box.hull and method == "epsilon-constraint":
            method = "balanced-box"
        left = None if run.options.time_limit is None else run.remaining
        at = {(box.west, box.top), (box.right, box.south)}
        corners = [(point.columns, point.proven) for point in self.search.points if point.values in at]
        seconds = LONG_SLICE if len(self.state.boxes) >= BUSY * self.jobs else SLICE
        return Piece(
            box, method, few or self.plan.counted, seconds, corners, self.plan, self.journal,
            Options(time_limit=left, threads=run.options.threads), not self.state.boxes and not self.running,
            self.stop_file,
        )  # fmt: skip

    def _take_back(self, pool: Pool) -> None:
        """Wait for a piece, and put what it gave in its place."""
        finished, _ = wait(self.running, timeout=POLL, return_when=FIRST_COMPLETED)
        for future in finished:
            if future not in self.running:
                continue  # it was in work when a process died
            error = future.exception()
            if error is not None:
                if not pool.is_death(error):
                    raise error
                self.deaths.update(self.running.values())
                self._recover(pool)
                return
            del self.running[future]
            self._use(future.result())

    def _use(self, done: Done) -> None:
        for columns, proven in done.solutions:
            self.search.add(columns, proven)
            if not done.in_journal:
                self.journal.point(columns, proven)
        for box, parts in () if done.in_journal else done.splits:
            self.journal.split(box, parts)
        self.state.put(self.plan, done.left)
        for stuck, reason in done.stuck:
            self.state.fail(stuck, reason)
        self.search.solves, self.search.seconds = self.search.solves + done.solves, self.search.seconds + done.seconds
        self.search.largest_step = max(self.search.largest_step, done.largest_step)
        self.crawls |= done.crawls
        self.search.run.report(note=f"{len(self.search.points)} points, {len(self.state.boxes)} boxes to search")

    def _recover(self, pool: Pool) -> None:
        """Start anew after a process died or did not come back: the journal tells what its box was worth."""
        pool.restart()
        in_work = list(self.running.values())
        self.running.clear()
        told = self.journal.replay(self.search.program.n_columns)
        for columns, proven in told.solutions:
            self.search.add(columns, proven)
        known = {*self.state.boxes, *self.state.stuck}
        for box in in_work if told.scale is None else told.boxes:
            if self.deaths[box] >= DEATHS:
                self.state.fail(box, "a child process died")
            elif box not in known:
                self.state.put(self.plan, [box])
