"""Simulated annealing of one seed, from a given stock."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator

import numpy as np

from atoopt.stock.annealing.annealed import Annealed, Moment
from atoopt.stock.annealing.moves.kinds import CUTS, KIND_DRAWS, KINDS
from atoopt.stock.annealing.records import ELITE, Records, statistics_of
from atoopt.stock.annealing.schedule import (
    BLOCK,
    COLD,
    COOLING,
    FIRST_MOVES,
    GROWTH,
    HOT,
    KICK,
    QUICK,
    REHEAT,
    SHORTEST,
    adapt_penalty,
    moves_until_look,
    next_length,
    temperature_for,
)
from atoopt.stock.annealing.setup import (
    best_modules,
    enlarge,
    fitting_modules,
    keeps_limits,
    make_state,
    modules_held,
    replace_stock,
)
from atoopt.stock.annealing.state import Array
from atoopt.stock.annealing.steps import resum, sample, walk
from atoopt.stock.cost import cost_equation
from atoopt.stock.evaluation import evaluate_masks
from atoopt.stock.instance import StockInstance

SAMPLES = 300
"""Neighbors looked at to set the temperatures."""

DESCENT = 10
"""Blocks of cold walk at the beginning, which make the start feasible where they can, and locally good."""

MOST_HEATING = 30
"""The most blocks in which the temperature doubles."""


def anneal(
    instance: StockInstance,
    seconds: float | None = None,
    seed: int = 0,
    start: Iterable[int] = (),
    *,
    moves: int | None = None,
    stopped: Callable[[], bool] = lambda: False,
    improved: Callable[[float], None] = lambda cost: None,
    found: Callable[[list[int]], object] | None = None,
) -> Annealed:
    """Search from a stock for a cheaper one that keeps every limit.

    The same instance, start, seed and number of moves give the same answer. With `seconds` the cooling is planned
    by the clock, for one slow cooling finds more than several quick ones; then the answers of one seed may
    differ a little where the limit is too short for the best stock.

    Parameters
    ----------
    instance : StockInstance
    seconds : float, optional
        Stop after this time.
    seed : int
    start : iterable of int
        Modules as bits; single components do no harm. It need not be feasible. If it is, the answer costs no more.
    moves : int, optional
        Stop after this number of moves, rounded up to whole blocks of `schedule.BLOCK`. Without `seconds` and
        `moves`, `default_moves` of the instance.
    stopped : callable
        Asked after each block.
    improved : callable
        Told each new best cost.
    found : callable, optional
        Told each new best stock, as bits.

    Returns
    -------
    Annealed

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.stock.annealing import anneal
    >>> round(anneal(atoopt.load("instances/stock/uniform-5.json"), moves=20_000).cost, 4)
    38.0968
    """
    if seconds is None and moves is None:
        moves = default_moves(instance)
    search = _Search(instance, seed, start, seconds, moves, stopped)
    for _ in search.blocks():
        search.tell(improved, found)
        if search.moves >= search.most_moves or search.over():
            break
    return search.result()


def default_moves(instance: StockInstance) -> int:
    """Return a number of moves that real instances of this size need: some seconds."""
    return int(np.clip(5_000 * instance.n_products, 100_000, 5_000_000))


class _Search:
    """The state, the penalties and the records of one seed."""

    def __init__(
        self, instance: StockInstance, seed: int, start: Iterable[int], seconds: float | None, moves: int | None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:  # fmt: skip
        self.instance, self.seed, self.started = instance, seed, time.monotonic()
        self.deadline = self.started + (np.inf if seconds is None else seconds)
        self.most_moves = np.inf if moves is None else moves
        self.stopped = stopped
        self.at_once = FIRST_MOVES
        self.constant = cost_equation(instance).base
        self.start = fitting_modules(instance, start)
        self.state = make_state(instance, self.start, seed)
        weight = float(self.state.data.weight[:3].max())
        slope = abs(float(self.state.data.limits[0]))
        self.penalty = np.maximum(np.array([3 * slope, weight, 10 * weight]), 1e-3)
        self.counts = np.zeros((len(KINDS), 3), np.int64)
        self.moves = 0
        self.told = np.inf
        self.records = Records()

    def blocks(self) -> Iterator[None]:
        """Walk without end, yielding after each block: cycles from hot to cold, each followed by kicks as long."""
        if self.moveless:
            return
        cold, began = temperature_for(self.increases(), COLD), time.monotonic()
        yield from self.descend([cold] * DESCENT)
        pace = (time.monotonic() - began) / DESCENT
        while np.isfinite(self.deadline) and SHORTEST * self.n_held * pace > self.deadline - time.monotonic():
            yield from self.descend([cold])  # there is no time for a cycle: what melts would not freeze again
        hot = yield from self.heat(cold)
        length = min(SHORTEST * self.n_held, self.left(0.0))
        pace = yield from self.cool(hot, hot / COOLING, length)
        while True:
            left = self.left(pace)
            if left >= length / GROWTH:
                length = next_length(length, left, self.n_held)
                pace = yield from self.cool(hot, hot / COOLING, length, pace)
            yield from self.kick(hot, length)

    def heat(self, temperature: float) -> Generator[None, None, float]:
        """Raise the temperature until the share `HOT` of the moves is accepted; return that temperature."""
        accepted = 0.0
        for _ in range(MOST_HEATING):
            before, below = int(self.counts[:, 1].sum()), accepted
            yield from self.descend([temperature])
            accepted = (int(self.counts[:, 1].sum()) - before) / BLOCK
            if accepted >= HOT:
                return temperature / 2 ** ((accepted - HOT) / (accepted - below))
            temperature *= 2
        return temperature

    def cool(self, hot: float, cold: float, blocks: float, pace: float = np.inf) -> Generator[None, None, float]:
        """Lower the temperature geometrically over so many blocks; return the seconds that a block took.

        With a deadline, it is cold after the seconds that the blocks take at the pace given, even if they take longer.
        """
        began, done, n = time.monotonic(), 0.0, 0
        seconds = blocks * pace if np.isfinite(self.deadline) else np.inf
        while done < 1:
            yield from self.descend([hot * (cold / hot) ** done])
            n += 1
            done = max(n / blocks, (time.monotonic() - began) / seconds)
        return (time.monotonic() - began) / n

    def kick(self, hot: float, blocks: float) -> Iterator[None]:
        """Kick the best stock and cool what becomes of it quickly, again and again over so many blocks.

        A kick is a hot block of cuts and splits only. What leads from one set of large modules to a better one is often
        such a move, and it is refused at every temperature at which the rest of the stock is any good.
        """
        while blocks > 0:
            best, quick = best_modules(self.state), max(1.0, QUICK * self.n_held)
            if best is not None:
                replace_stock(self.state, best, self.instance.n_components)
            yield from self.descend([hot / KICK], CUTS)
            yield from self.cool(hot / REHEAT, hot / COOLING, quick)
            blocks -= 1 + quick

    def left(self, pace: float) -> float:
        """Return how many blocks the search still has, at so many seconds a block."""
        by_time = (self.deadline - time.monotonic()) / pace if pace else np.inf
        return max(0.0, min(by_time, (self.most_moves - self.moves) / BLOCK))

    @property
    def n_held(self) -> int:
        """The number of modules held, at least 1."""
        return max(1, int(self.state.held.total[0]))

    @property
    def moveless(self) -> bool:
        """Whether no module can be held at all."""
        data = self.state.data
        if self.instance.candidate_masks is not None:
            return data.listed.shape[0] == 0
        return not any(
            part & (part - 1) for product in self.instance.product_masks for part in self.instance.pieces(product)
        )

    def increases(self) -> Array:
        """Return what worse neighbors of the present stock cost more."""
        increases, n, looked_at = np.empty(SAMPLES), 0, 0
        while looked_at < SAMPLES and not self.over():
            most = min(self.at_once, SAMPLES - looked_at)
            n += sample(self.state, most, self.penalty, KIND_DRAWS, increases[n:])
            looked_at += most
        return increases[:n]

    def descend(self, temperatures: Iterable[float], kinds: Array = KIND_DRAWS) -> Iterator[None]:
        """Walk one block at each temperature, of moves of these kinds."""
        for temperature in temperatures:
            kept, made = np.zeros(3, np.int64), 0
            while made < BLOCK and not (made and self.over()):
                most, began = min(self.at_once, BLOCK - made), time.monotonic()
                walk(self.state, most, float(temperature), self.penalty, kinds, self.counts, kept)
                made += most
                self.at_once = moves_until_look(self.at_once, (time.monotonic() - began) * self.at_once / most)
            self.moves += made
            adapt_penalty(self.penalty, kept / made)
            resum(self.state)
            self.record(float(temperature))
            self.state = enlarge(self.instance, self.state)
            yield

    def over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self.deadline or self.stopped()

    def record(self, temperature: float) -> None:
        """Add to the history, and the present modules to the pool if the stock is good."""
        s = self.state
        current = self.constant + float(s.held.sums[0] + s.data.limits[0] * s.held.sums[1])
        seconds = time.monotonic() - self.started
        self.records.history.append(Moment(seconds, self.moves, temperature, current, self.best))
        if self.best is not None and current <= ELITE * self.best and keeps_limits(s):
            self.records.note(modules_held(s), current)

    @property
    def best(self) -> float | None:
        """The cost of the best feasible stock."""
        cost = float(self.state.best.cost[0])
        return cost + self.constant if np.isfinite(cost) else None

    def tell(self, improved: Callable[[float], None], found: Callable[[list[int]], object] | None) -> None:
        """Pass on a new best cost and stock."""
        if self.best is not None and self.best < self.told:
            self.told = self.best
            improved(self.best)
            stock = best_modules(self.state)
            if found is not None and stock is not None:
                found(stock)

    def result(self) -> Annealed:
        """Return what was found; the cost is the evaluator's."""
        stock, cost = self.best_evaluated()
        if stock is not None and cost is not None:
            self.records.note(stock, cost)
        return Annealed(
            stock, cost, self.seed, self.moves, time.monotonic() - self.started, statistics_of(self.counts),
            self.records.history, self.records.best_of_pool(),
        )  # fmt: skip

    def best_evaluated(self) -> tuple[list[int] | None, float | None]:
        """Return the best stock and its cost by the evaluator, the start among them.

        The walk overstates the operations of a product whose packing search is cut short, so that it may
        miss that the start is feasible, or better.
        """
        stocks = [stock for stock in (best_modules(self.state), sorted(self.start)) if stock is not None]
        stocks = stocks[:1] if stocks[-1] == stocks[0] else stocks
        evaluated = [(evaluate_masks(self.instance, stock), stock) for stock in stocks]
        feasible = [(evaluation.cost, stock) for evaluation, stock in evaluated if evaluation.feasible]
        cost, stock = min(feasible, default=(None, None))
        return stock, cost
