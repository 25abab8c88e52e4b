"""A piece of work for a child process: one box, searched for a slice of time."""

from __future__ import annotations

import multiprocessing
import pickle
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from atoopt.pareto.methods.box import Box
from atoopt.pareto.methods.loop import Plan, advance
from atoopt.pareto.program.compile import Floats, Program
from atoopt.pareto.running.journal import Journal
from atoopt.pareto.search.outcomes import Crawling, Point, Unproven
from atoopt.pareto.search.search import Search
from atoopt.solvers.run import Options, Run
from atoopt.solvers.running.processes import end_with_parent

SLICE = 0.5
"""Seconds after which what is left of a box comes back."""

LONG_SLICE = 10.0
"""The same where others have enough to do: what solves met on their way is a start for the next ones, but only here."""

LOOK = 0.1
"""Seconds between two looks at the file that tells children to stop."""


@dataclass(frozen=True)
class Piece:
    """A box to search, and all that a child needs for it besides the program.

    Attributes
    ----------
    box : Box
    method : str
        A key of `atoopt.pareto.methods.loop.STEPS`.
    one_step : bool
        Come back after one step.
    seconds : float
        Come back after so many.
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
    seconds: float
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
        if now - self.looked > LOOK:
            self.looked = now
            if self.stop_file.exists():
                self.interrupted.set()
        return super().stopped


_held: dict[str, Search] = {}
"""The last program's search, by its fingerprint: its HiGHS object serves all its pieces."""

_in_use = threading.Lock()


def search_piece(source: Program | Path, fingerprint: str, piece: Piece) -> Done:
    """Search a box for a while; run in a child process."""
    if multiprocessing.current_process().name != "MainProcess":  # a worker of dask may be a thread
        end_with_parent()
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
    search.ranges, search.alone, search.one_by_one = piece.plan.ranges, piece.alone, False
    _search_boxes(search, piece, done, split)
    done.solves, done.seconds, done.largest_step = search.solves, search.seconds, search.largest_step
    return done


def _search_boxes(search: Search, piece: Piece, done: Done, split: Callable[[Box, list[Box]], None]) -> None:
    """Search for a slice of time; what is left goes into `done`."""
    boxes = [piece.box]
    while boxes and not search.run.stopped and search.run.seconds < piece.seconds:
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
