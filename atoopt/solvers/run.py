"""One run of a method: its options, its clock, whether to stop, and what it has found so far."""

from __future__ import annotations

import contextlib
import math
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, NamedTuple

from atoopt.base.errors import InputError


@dataclass(frozen=True)
class Options:
    """What the user asked of a method; each method reads what concerns it.

    Attributes
    ----------
    solver : str
        Name of the MILP solver, see `atoopt.solvers.catalogue`.
    solver_options : mapping of str to Any
        Options of that solver, passed on as they are, after ours; kept as sorted pairs, which compare by value.
    command : sequence of str, or None
        An external program that solves instead, see `atoopt.solvers.others.command`.
    formulation : str or None
        Name of the model; None lets the method choose.
    time_limit : float or None
        Seconds for the whole run, model building included; the compilation of kernels is not.
    rel_gap : float
        A MILP may stop at this relative gap.
    abs_gap : float or None
        A MILP may stop at this absolute gap, too; None is the solver's own.
    threads, jobs : int or None, int
        Threads that compute at a time (None: up to all cores), and parallel processes of methods that use several, each
        with its own threads; the seeds of annealing are threads. With one thread nothing runs beside: no annealing
        and no second MILP beside a search. Threads that only wait, or draw the line of progress, are not counted.
    candidates : str or None
        Which modules a model may hold, see `atoopt.stock.candidates.named_candidates`.
    seed : int
        Seed of every random choice.
    model : str or None
        An analyst's model file, see `atoopt.stock.model.model_file`.
    objective, weights, choose : str or None, (float, float) or None, str or None
        Of the policy problem: what to minimize, the weights of pallets and set-up hours, and how to pick a
        point of a front, see `atoopt.policy.objective`.
    start : sequence of int, or None
        A stock that keeps every limit, its modules as bits: the first incumbent. `atoopt.solve` makes it of a result,
        of a solution, or of lists of names.
    times : sequence of float, or None
        Of the front of a stock instance: the mean assembly times to solve at.
    journal : str or None
        A file for the points of a front as they are found; the same run goes on from it after an interrupt.
    """

    solver: str = "highs"
    solver_options: Mapping[str, Any] | tuple[tuple[str, Any], ...] = ()
    command: Sequence[str] | None = None
    formulation: str | None = None
    time_limit: float | None = None
    rel_gap: float = 0.0
    abs_gap: float | None = None
    threads: int | None = None
    jobs: int = 1
    candidates: str | None = None
    seed: int = 0
    model: str | None = None
    objective: str | None = None
    weights: tuple[float, float] | None = None
    choose: str | None = None
    start: tuple[int, ...] | None = None
    times: tuple[float, ...] | None = None
    journal: str | None = None

    def __post_init__(self) -> None:
        """Refuse values without a meaning."""
        object.__setattr__(self, "solver_options", _pairs(self.solver_options))
        if self.times is not None:
            object.__setattr__(self, "times", _numbers(self.times, "times"))
        if self.command is not None:
            object.__setattr__(self, "command", _words(self.command))
        for name, optional in (("time_limit", True), ("rel_gap", False), ("abs_gap", True)):
            value = getattr(self, name)
            known = isinstance(value, (int, float)) and not isinstance(value, bool)
            if not (value is None and optional) and not (known and 0 <= value < math.inf):
                raise InputError(f"is {value}", "give a number of at least 0", place=name)
        for name, least, optional in (("threads", 1, True), ("jobs", 1, False), ("seed", 0, False)):
            value = getattr(self, name)
            known = isinstance(value, int) and not isinstance(value, bool)
            if not (value is None and optional) and not (known and value >= least):
                raise InputError(f"is {value}", f"give a whole number of at least {least}", place=name)

    @property
    def solves(self) -> str:
        """What solves models: the solver's name, or the external program's."""
        return self.solver if self.command is None else f"command {PurePath(self.command[0]).name}"


def _pairs(options: Any) -> tuple[tuple[str, Any], ...]:
    """Return a solver's options as pairs in the order of their names."""
    try:
        pairs = dict(options or {})
    except (TypeError, ValueError):
        raise InputError(f"is {options!r}", "give names and values", place="solver_options") from None
    for name, value in pairs.items():
        if not (isinstance(name, str) and name and (value is None or isinstance(value, (bool, int, float, str)))):
            remedy = "give names, each with a number, a text or a truth value"
            raise InputError(f"has {name!r}: {value!r}", remedy, place="solver_options")
    return tuple(sorted(pairs.items()))


def _numbers(values: Any, place: str) -> tuple[float, ...]:
    """Return numbers of at least 0."""
    numbers = tuple(values) if isinstance(values, Iterable) and not isinstance(values, str) else (values,)
    for value in numbers:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < math.inf:
            raise InputError(f"has {value!r}", "give numbers of at least 0", place=place)
    if not numbers:
        raise InputError("is empty", "give at least one", place=place)
    return tuple(map(float, numbers))


def _words(command: Any) -> tuple[str, ...]:
    """Return the words of a command."""
    words = (command,) if isinstance(command, str) else tuple(command)
    if not words or not all(isinstance(word, str) for word in words):
        raise InputError(f"is {command!r}", "give the program and its arguments, each a text", place="command")
    return words


class Progress(NamedTuple):
    """A point of the trajectory: seconds since the start, best objective and bound so far (None: unknown)."""

    seconds: float
    incumbent: float | None
    bound: float | None


Listener = Callable[[Progress, str], None]


@dataclass
class Run:
    """A running method: it asks `remaining` and `stopped`, and tells `report` what it found.

    Attributes
    ----------
    options : Options
    listener : callable, optional
        Called with each `Progress` and a short note; the live line of the terminal is one.
    started : float
        When the clock began to run: the compilation of kernels puts it off, see `atoopt.kernels.prepare`.
    compile_seconds : float
        How long that took.
    minimize : bool
        Whether less is better.
    rejected : list of str
        What solvers told as solutions, and the rows of the model refute.
    """

    options: Options = field(default_factory=Options)
    listener: Listener | None = None
    log: Callable[[str], None] | None = None
    trajectory: list[Progress] = field(default_factory=list)
    interrupted: threading.Event = field(default_factory=threading.Event)
    started: float = field(default_factory=time.monotonic)
    compile_seconds: float = 0.0
    minimize: bool = True
    rejected: list[str] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    @property
    def remaining(self) -> float:
        """Seconds left, at least 0; infinity without a limit."""
        limit = self.options.time_limit
        return math.inf if limit is None else max(0.0, limit - self.seconds)

    @property
    def stopped(self) -> bool:
        """Whether the time is up or the user interrupted."""
        return self.interrupted.is_set() or self.remaining <= 0

    @property
    def stop_reason(self) -> str:
        """Why the run stopped early, in words; empty if it did not."""
        if self.interrupted.is_set():
            return "interrupted"
        return "time limit" if self.remaining <= 0 else ""

    def report(self, incumbent: float | None = None, bound: float | None = None, note: str = "") -> None:
        """Tell of an incumbent or a bound; the trajectory keeps changes, the listener hears everything.

        A worse incumbent or a weaker bound than those known is not an advance and changes neither.
        """
        last = self.trajectory[-1] if self.trajectory else Progress(0.0, None, None)
        better, stronger = (min, max) if self.minimize else (max, min)
        best = _better(better, last.incumbent, incumbent)
        proved = _better(stronger, last.bound, bound)
        now = Progress(self.seconds, best, proved)
        if (best, proved) != (last.incumbent, last.bound):
            self.trajectory.append(now)
        if self.listener is not None:
            self.listener(now, note)


def _better(choose: Callable[[float, float], float], old: float | None, new: float | None) -> float | None:
    if new is None or not math.isfinite(new):
        return old
    return new if old is None else choose(old, new)


class Terminated(KeyboardInterrupt):
    """A termination signal asked the program to end, be there a result or not."""


class _AskToStop:
    """A signal handler that remembers that it was called; the second call ends the program."""

    def __init__(self, asked: threading.Event) -> None:
        self.asked = asked
        self.terminated = False

    def __call__(self, number: int, _frame: object) -> None:
        """Handle a signal."""
        self.terminated |= number == signal.SIGTERM
        if self.asked.is_set():
            raise Terminated if self.terminated else KeyboardInterrupt
        self.asked.set()


@contextlib.contextmanager
def interruptible(run: Run) -> Iterator[None]:
    """Let Ctrl-C and a termination signal end the run with its incumbent; a second one ends the program.

    After a termination signal the program is to end as well: the signal is delivered once more, to whoever handled
    it before. Signals belong to the main thread; elsewhere this does nothing.
    """
    outer = signal.getsignal(signal.SIGINT)
    if isinstance(outer, _AskToStop) and outer.asked.is_set():
        run.interrupted.set()
    handler = _AskToStop(run.interrupted)
    try:
        with _handling_signals(handler):
            yield
    finally:
        if handler.terminated:
            _flush()  # the usual handler of a termination signal ends the process as it is
            signal.raise_signal(signal.SIGTERM)


@contextlib.contextmanager
def interrupts_remembered() -> Iterator[None]:
    """Let a signal before a run has begun, while modules and the instance are loaded, end that run when it begins.

    Raises
    ------
    Terminated
        At the end, where one of the signals was a termination signal.
    """
    handler = _AskToStop(threading.Event())
    with _handling_signals(handler):
        yield
    if handler.terminated:
        raise Terminated


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, OSError, ValueError):  # none, full or closed
            stream.flush()


@contextlib.contextmanager
def _handling_signals(handler: _AskToStop) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)
