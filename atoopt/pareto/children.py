"""Boxes searched by child processes, of joblib or of a dask cluster: each that is free gets the next box.

A piece of work is one box for a slice of time; what is left of it comes back and goes to whoever is free, so that none
is idle while there are boxes. Boxes are open and end at known points, so nothing is found twice at the seams. Where
there are fewer boxes than processes, a box is halved. Children write to the journal as they find: when one is killed
the journal says what is left, the other pieces are not lost, and a box that was twice in work then is set aside.
"""

from __future__ import annotations

import pickle
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from atoopt.pareto.box import Box
from atoopt.pareto.journal import Journal
from atoopt.pareto.loop import Plan, State, advance
from atoopt.pareto.pools import pool_of
from atoopt.pareto.program import Floats, Program
from atoopt.pareto.search import Crawling, Point, Search, Unproven
from atoopt.solvers.run import Options, Run

SLICE = 0.5
"""Seconds after which what is left of a box comes back."""

POLL = 0.1

GRACE = 1.5
"""Seconds that children get to come back with what they have once the run is stopped; then they are killed."""

DEATHS = 2
"""A box that was in work when so many processes died is not tried again."""


@dataclass(frozen=True)
class Piece:
    """A box to search, and all that a child needs for it besides the program.

    Attributes
    ----------
    box : Box
    method : str
        A key of `atoopt.pareto.loop.STEPS`.
    one_step : bool
        Come back after one step.
    corners : list of (columns, proven)
        Known solutions at the box's corners.
    plan : Plan
    journal : Journal
    options : Options
        The time that is left, and threads.
    alone : bool
        No other work waits: a solve may take all that time.
    stop_file : Path
        The child stops where this file exists.
    """

    box: Box
    method: str
    one_step: bool
    corners: list[tuple[Floats, bool]]
    plan: Plan
    journal: Journal
    options: Options
    alone: bool
    stop_file: Path


@dataclass
class Done:
    """What came of a piece.

    Attributes
    ----------
    solutions : list of (columns, proven)
    splits : list of (Box, list of Box)
        What became of which box.
    in_journal : bool
        Both are in the journal.
    left : list of Box
    stuck : list of (Box, str)
        What could not be searched, and why.
    crawls : bool
        The front has continuous parts.
    solves, seconds, largest_step : int, float, float
    """

    solutions: list[tuple[Floats, bool]] = field(default_factory=list)
    splits: list[tuple[Box, list[Box]]] = field(default_factory=list)
    in_journal: bool = False
    left: list[Box] = field(default_factory=list)
    stuck: list[tuple[Box, str]] = field(default_factory=list)
    crawls: bool = False
    solves: int = 0
    seconds: float = 0.0
    largest_step: float = 0.0


class _ChildRun(Run):
    """A run that also stops where a file says so; looked at a few times a second."""

    stop_file: Path
    looked = 0.0

    @property
    def stopped(self) -> bool:
        now = time.monotonic()
        if now - self.looked > POLL:
            self.looked = now
            if self.stop_file.exists():
                self.interrupted.set()
        return super().stopped


# ---- in the child -----------------------------------------------------------------------------

_held: dict[str, Search] = {}
"""The last program's search, by its fingerprint: its HiGHS object serves all its pieces."""

_in_use = threading.Lock()


def search_piece(source: Program | Path, fingerprint: str, piece: Piece) -> Done:
    """Search a box for a while; run in a child process."""
    with _in_use:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, which tells by the file
        return _search_piece(source, fingerprint, piece)


def _search_piece(source: Program | Path, fingerprint: str, piece: Piece) -> Done:
    run = _ChildRun(piece.options)
    run.stop_file = piece.stop_file
    # not there on a machine that shares no disk with the parent
    done = Done(in_journal=piece.journal.path.exists())

    def tell(point: Point) -> None:
        done.solutions.append((point.columns, point.proven))
        if done.in_journal:
            piece.journal.point(point.columns, point.proven)

    def split(box: Box, parts: list[Box]) -> None:
        done.splits.append((box, parts))
        if done.in_journal:
            piece.journal.split(box, parts)

    search = _search_for(source, fingerprint, piece)
    search.begin(run, piece.corners, tell)
    search.ranges, search.alone = piece.plan.ranges, piece.alone
    _search_boxes(search, piece, done, split)
    done.solves, done.seconds, done.largest_step = search.solves, search.seconds, search.largest_step
    return done


def _search_boxes(search: Search, piece: Piece, done: Done, split: Callable[[Box, list[Box]], None]) -> None:
    """Search for a slice of time; what is left goes into `done`."""
    boxes = [piece.box]
    while boxes and not search.run.stopped and search.run.seconds < SLICE:
        box = boxes.pop(0)
        try:
            boxes += advance(search, piece.plan, box, piece.method, split)
        except Unproven as unproven:
            done.stuck.append((box, str(unproven)))
        except Crawling:
            done.crawls = True
            boxes.append(box)
        if piece.one_step or done.crawls:
            break
    done.left += boxes


def _search_for(source: Program | Path, fingerprint: str, piece: Piece) -> Search:
    """Return the search of the program that this process holds."""
    key = f"{fingerprint} {piece.plan.scale}"
    if key not in _held:
        program = source if isinstance(source, Program) else pickle.loads(source.read_bytes())
        _held.clear()
        _held[key] = Search(program, piece.plan.scale, Run(piece.options))
    return _held[key]


# ---- in the parent ----------------------------------------------------------------------------


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

    def search_all(self, pool: Any) -> None:
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

    def _gather(self, pool: Any) -> None:
        """Wait for what is still in work; not for long."""
        until = time.monotonic() + GRACE
        while self.running and time.monotonic() < until:
            self._take_back(pool)
        if self.running:
            self._recover(pool)

    def _hand_out(self, pool: Any) -> None:
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
        return Piece(
            box, method, few or self.plan.counted, corners, self.plan, self.journal,
            Options(time_limit=left, threads=run.options.threads), not self.state.boxes and not self.running,
            self.stop_file,
        )  # fmt: skip

    def _take_back(self, pool: Any) -> None:
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

    def _recover(self, pool: Any) -> None:
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
