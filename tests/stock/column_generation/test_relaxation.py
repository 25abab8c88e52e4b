"""The ascent against a solver of linear programs, which is given the relaxation as its docstring has it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import linprog

from atoopt.sets.bitsets import positions_of
from atoopt.stock.column_generation.column_pool import ColumnPool
from atoopt.stock.column_generation.cuts.separation import separate_cliques, separate_envelopes
from atoopt.stock.column_generation.master.lagrangian import Duals, best_multiple, lagrangian
from atoopt.stock.column_generation.master.pdhg import first_duals, run_pdhg
from atoopt.stock.column_generation.master.restricted_master import Primal, RestrictedMaster
from atoopt.stock.column_generation.pricing.dual_bound import dual_bound
from atoopt.stock.column_generation.relaxation import Relaxation, relax
from atoopt.stock.evaluation import Evaluation
from tests.stock.column_generation.lagrangian import random_duals, uses, worths
from tests.stock.small import evaluated, held_at_all, least_cost, several, small_instance

SEEDS = range(40)


class Program:
    """The linear program over a pool's modules: minimize cost x, rows x <= most, 0 <= x <= 1."""

    def __init__(self, relaxation: Relaxation, pool: ColumnPool) -> None:
        self.relaxation, self.pool = relaxation, pool
        self.pairs = [
            (mask, k) for mask in pool.masks for k in range(relaxation.shares.size)
            if relaxation.has[k, positions_of(mask)].all()
        ]  # fmt: skip
        self.y = {mask: i for i, mask in enumerate(pool.masks)}
        self.x = {pair: len(self.y) + i for i, pair in enumerate(self.pairs)}
        self.z = [len(self.y) + len(self.x) + c for c in range(relaxation.required.size)]
        self.n = len(self.y) + len(self.x) + len(self.z)
        self.rows: list[np.ndarray] = []
        self.most: list[float] = []
        self._write()

    def _row(self, most: float, terms: dict[int, float]) -> None:
        row = np.zeros(self.n)
        for place, value in terms.items():
            row[place] += value
        self.rows.append(row)
        self.most.append(most)

    def _at_most_once(self, k: int, pairs: list[tuple[int, int]]) -> None:
        """Of these pairs a product takes 1, or z_k if it is a copy."""
        copy = k - self.relaxation.n_sold
        terms = {self.x[pair]: 1.0 for pair in pairs}
        self._row(1.0 if copy < 0 else 0.0, terms if copy < 0 else {**terms, self.z[copy]: -1.0})

    def _write(self) -> None:
        r, saves = self.relaxation, {pair: pair[0].bit_count() - 1.0 for pair in self.pairs}
        for k in range(r.shares.size):
            of_product = [pair for pair in self.pairs if pair[1] == k]
            for i in np.flatnonzero(r.has[k]).tolist():
                self._at_most_once(k, [pair for pair in of_product if pair[0] >> i & 1])
            for sets in cuts_of(self.pool, k):
                self._at_most_once(k, [pair for pair in of_product if any(pair[0] & s == s for s in sets)])
        for pair in self.pairs:
            self._row(0.0, {self.x[pair]: 1.0, self.y[pair[0]]: -1.0})
        for limit, need in enumerate(r.limit_need):
            terms = {self.x[pair]: -r.limit_weight[limit, pair[1]] * saves[pair] for pair in self.pairs}
            if limit == r.limit_need.size - 1:
                terms |= {z: -r.shares[r.n_sold + c] for c, z in enumerate(self.z)}
            self._row(-need, terms)
        for c, z in enumerate(self.z):
            copies = [pair for pair in self.pairs if pair[1] == r.n_sold + c]
            self._row(0.0, {**{self.x[pair]: -saves[pair] for pair in copies}, z: r.required[c]})
        if r.module_limit >= 0:
            self._row(float(r.module_limit), dict.fromkeys(self.y.values(), 1.0))
        for cut in self.pool.envelopes:
            masks = [self.pool.masks[j] for j in cut.modules.tolist()]
            weight = dict(zip(cut.products.tolist(), cut.weight.tolist(), strict=True))
            terms = {self.x[m, k]: weight[k] * saves[m, k] for m, k in self.pairs if m in masks and k in weight}
            self._row(cut.intercept, terms | {self.y[m]: -level for m, level in zip(masks, cut.slope, strict=True)})
        self.cost = np.zeros(self.n)
        for mask, place in self.y.items():
            self.cost[place] = r.module_cost(mask.bit_count())
        for pair, place in self.x.items():
            self.cost[place] = -r.saving[pair[1]] * saves[pair]

    def optimum(self, held: tuple[int, ...] = ()) -> float:
        """Return the least value, infinity where nothing is allowed; modules may be fixed in stock."""
        return self._solved(held)[0]

    def fraction(self) -> np.ndarray | None:
        """Return the best columns, None where nothing is allowed."""
        return self._solved(())[1]

    def _solved(self, held: tuple[int, ...]) -> tuple[float, np.ndarray | None]:
        least = np.zeros(self.n)
        least[list(held)] = 1.0
        bounds = np.stack([least, np.ones(self.n)], axis=1)
        found = linprog(self.cost, np.array(self.rows), np.array(self.most), bounds=bounds, method="highs")
        return (math.inf, None) if found.status == 2 else (float(found.fun) + self.relaxation.constant, found.x)


def cuts_of(pool: ColumnPool, k: int) -> list[list[int]]:
    """Return the sets of each clique cut of a product."""
    cuts = pool.cliques
    at = [slice(cuts.start[c], cuts.start[c + 1]) for c in range(cuts.first[k], cuts.first[k + 1])]
    return [cuts.sets[places, 0].tolist() for places in at]


def whole_pool(seed: int, *, cut: bool) -> tuple[Relaxation, ColumnPool]:
    """Return the relaxation of a small instance with all its modules known, with cuts of both kinds or none."""
    relaxation = relax(small_instance(seed))
    pool, random = ColumnPool(relaxation), np.random.default_rng(seed)
    pool.add(held_at_all(relaxation.instance))
    if cut:
        separate_cliques(pool, pool.whole_master(), random.uniform(0.3, 0.7, pool.n_pairs))
        fraction = Program(relaxation, pool).fraction()
        if fraction is None:
            fraction = random.uniform(0.3, 0.6, len(pool) + pool.n_pairs)
        m, n = len(pool), len(pool) + pool.n_pairs
        separate_envelopes(pool, fraction[m:n], fraction[:m], 1, lambda: False)
        separate_envelopes(
            pool, random.uniform(0.4, 0.8, pool.n_pairs), random.uniform(0.3, 0.6, len(pool)), 1, lambda: False
        )
    return relaxation, pool


def ascended(relaxation: Relaxation, part: RestrictedMaster, iterations: int) -> Duals:
    """Return the best duals after so many iterations."""
    nothing = Primal(np.zeros(part.pair.size), part.fixed.copy())
    duals, _ = run_pdhg(part, first_duals(relaxation), nothing, iterations)
    return best_multiple(part, duals)


@pytest.mark.parametrize("cut", [False, True])
@pytest.mark.parametrize("held", [(), (0, 2)])
def test_the_ascent_ends_at_the_optimum_of_the_linear_program(cut: bool, held: tuple[int, ...]) -> None:
    """At no moment above it, and near it after enough iterations; with modules fixed in stock too."""
    n = 0
    for seed in SEEDS:
        relaxation, pool = whole_pool(seed, cut=cut)
        wanted = Program(relaxation, pool).optimum(held)
        flags = np.isin(np.arange(len(pool)), held).astype(float)
        part, random = pool.restricted_master(np.arange(len(pool)), flags), np.random.default_rng(seed)
        slight = 1e-7 * max(1.0, abs(wanted)) if wanted < math.inf else 0.0
        others = [random_duals(relaxation, random, pool.cliques.n_cuts, len(pool.envelopes)) for _ in range(5)]
        for duals in [first_duals(relaxation), *others, *(ascended(relaxation, part, i) for i in (1, 10, 100))]:
            assert lagrangian(part, duals)[0] <= wanted + slight, seed
        if wanted < math.inf:
            reached = lagrangian(part, ascended(relaxation, part, 4000))[0]
            assert wanted - 2e-4 * max(1.0, abs(wanted)) <= reached <= wanted + slight, seed
            n += 1
    assert n > 20


def test_the_linear_program_is_a_relaxation() -> None:
    """Its optimum is below the least cost of all stocks, nearer with cuts; each stock with its builds is a point."""
    nearer = cliques = envelopes = 0
    for seed in SEEDS:
        relaxation, pool = whole_pool(seed, cut=True)
        program, plain = Program(relaxation, pool), Program(*whole_pool(seed, cut=False))
        best = least_cost(relaxation.instance)
        assert program.optimum() <= best + 1e-7 * max(1.0, abs(best)), seed
        nearer += program.optimum() > plain.optimum() + 1e-6
        for stock in evaluated(relaxation.instance):
            point = point_of(program, stock)
            assert (np.array(program.rows) @ point <= np.array(program.most) + 1e-9).all(), seed
            assert relaxation.constant + program.cost @ point <= stock.cost + 1e-9, seed
            if relaxation.reward >= 0:
                assert relaxation.constant + program.cost @ point == pytest.approx(stock.cost), seed
        cliques, envelopes = cliques + pool.cliques.n_cuts, envelopes + len(pool.envelopes)
    assert nearer > 1
    assert min(cliques, envelopes) > 40


def point_of(program: Program, stock: Evaluation) -> np.ndarray:
    """Return the columns that stand for a stock and its builds."""
    relaxation, point = program.relaxation, np.zeros(program.n)
    for mask in several(stock):
        point[program.y[mask]] = 1.0
    for pair in uses(relaxation, stock):
        point[program.x[pair]] = 1.0
    for c, z in enumerate(program.z):
        product = int(relaxation.products[relaxation.n_sold + c])
        saved = int(stock.instance.product_sizes[product]) - 1 - int(stock.operations[product])
        point[z] = float(saved >= relaxation.required[c])
    return point


def test_profits_and_values_are_those_of_the_formulas() -> None:
    """Over a slice, with envelopes: c_M + mu - sum of levels against what pairs gain, each term written out."""
    for seed in SEEDS:
        relaxation, pool = whole_pool(seed, cut=True)
        duals = random_duals(relaxation, np.random.default_rng(seed), pool.cliques.n_cuts, len(pool.envelopes))
        _, profit, values = lagrangian(pool.whole_master(), duals)
        program, prices = Program(relaxation, pool), worths(relaxation, duals)
        rows = np.array(program.rows)
        gained = dict.fromkeys(pool.masks, 0.0)
        n_products, at = relaxation.shares.size, 0
        u: list[float] = []
        for k in range(n_products):
            u += [duals.rows[relaxation.row[k, i]] for i in np.flatnonzero(relaxation.has[k])]
            first, last = pool.cliques.first[k], pool.cliques.first[k + 1]
            u += [duals.rows[relaxation.n_rows + place] for place in pool.cliques.place[first:last]]
        at = len(u)
        of_envelopes = rows[len(rows) - len(pool.envelopes) :]
        for value, pair in zip(values, program.pairs, strict=True):
            column = program.x[pair]
            wanted = prices[pair[1]] * (pair[0].bit_count() - 1) - np.array(u) @ rows[:at, column]
            wanted -= duals.envelopes @ of_envelopes[:, column]
            assert value == pytest.approx(wanted, abs=1e-9)
            gained[pair[0]] += max(0.0, wanted)
        for j, mask in enumerate(pool.masks):
            paid = program.cost[j] + duals.module_limit + duals.envelopes @ of_envelopes[:, j]
            assert profit[j] == pytest.approx(gained[mask] - paid, abs=1e-9)


def test_a_certificate_is_no_better_than_the_linear_program_over_all_modules() -> None:
    """From duals of a few modules only, what is proven over all of them is below the optimum over all of them."""
    for seed in SEEDS:
        relaxation, pool = whole_pool(seed, cut=False)
        wanted = Program(relaxation, pool).optimum()
        few = ColumnPool(relaxation)
        few.add(pool.masks if relaxation.instance.candidate_masks is not None else pool.masks[:3])
        proof = dual_bound(few, few.whole_master(), ascended(relaxation, few.whole_master(), 600))
        assert proof.value is not None
        assert proof.value <= wanted + 1e-9 * max(1.0, abs(wanted)), seed


def test_the_bound_without_any_computation() -> None:
    """No stock costs less, on either basis; where modules are free, one costs just that."""
    free = {"preassembly": 0.0, "fixed_transport": 0.0, "variable_transport": 0.0}
    for seed in SEEDS:
        instance = small_instance(seed)
        assert relax(instance).trivial_bound <= least_cost(instance) + 1e-9, seed
        dear = instance.replace(cost_basis="usage", costs=instance.costs.model_copy(update={"preassembly": 20.0}))
        assert relax(dear).trivial_bound <= least_cost(dear) + 1e-9, seed
        given_away = instance.replace(
            costs=instance.costs.model_copy(update=free), candidate_modules=None, liaisons=None, max_modules=None
        )
        assert relax(given_away).trivial_bound == pytest.approx(0.0, abs=1e-9)
