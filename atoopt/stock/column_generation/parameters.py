"""All parameters of a search; those of PDHG, pricing, enumeration and separation are beside these algorithms."""

from __future__ import annotations

from dataclasses import dataclass

from atoopt.stock.branch_and_bound import SEARCH, SearchParameters
from atoopt.stock.column_generation.column_enumeration import ENUMERATION, EnumerationParameters
from atoopt.stock.column_generation.cuts.clique_separation import CLIQUES, CliqueParameters
from atoopt.stock.column_generation.cuts.envelope_separation import ENVELOPES, EnvelopeParameters
from atoopt.stock.column_generation.master.pdhg import PDHG, PdhgParameters
from atoopt.stock.column_generation.pricing.dual_bound import PRICING, PricingParameters


@dataclass(frozen=True)
class RootParameters:
    """How column generation goes on at the root.

    Attributes
    ----------
    first_modules : int
        The pool starts with at most so many intersections of products, and so many best sellers.
    progress : float
        A bound that rises by this share of the gap goes on rising.
    missing, max_waiting_rounds : float, int
        While the pool alone proves more than all modules do, by such a share of the gap, the bound is to come from
        new modules; for at most so many rounds, as where new modules have unsettled the duals.
    settling_rounds : int
        Rounds that duals have, after new cuts, to prove as much as before.
    patience : int
        From then on, to prove more.
    wide_gap : float
        A gap is wide if it is more than the cost of so many modules: then the tree can exclude hardly any of them.
    least_gain, least_gain_wide : float
        Cuts that raise the bound by less than this share of the gap are the last ones; the second for wide gaps.
    promising_loss : float
        PDHG is over modules whose loss is at most this share of their cost, and over pairs alike.
    rounding_rounds : tuple of int
        Few, for annealing beside the search finds better stocks.
    unknown_cutoff : float
        Stands for the cutoff in the gap while no stock is known.
    least_gap : float
        Shares of less are rounding.
    """

    first_modules: int = 400
    progress: float = 0.01
    missing: float = 0.05
    max_waiting_rounds: int = 60
    settling_rounds: int = 8
    patience: int = 1
    wide_gap: float = 3.0
    least_gain: float = 0.02
    least_gain_wide: float = 0.001
    promising_loss: float = 0.1
    rounding_rounds: tuple[int, ...] = (3, 15, 63)
    unknown_cutoff: float = 1e9
    least_gap: float = 1e-9


@dataclass(frozen=True)
class NodeParameters:
    """How a node is bounded.

    Attributes
    ----------
    max_runs : int
        At most so many runs of PDHG between two pricings.
    least_runs, least_gain : int, float
        After so many, a run that gains less than this share of what is missing to the cutoff is the last one.
    pricing_rounds : int
        Of new modules: at a node they are few, and raise the bound little.
    separations : int
        Of clique cuts: most are found at the root.
    round_every : int
        Every so many nodes the fractional solution is rounded: annealing beside the search finds better stocks.
    """

    max_runs: int = 6
    least_runs: int = 2
    least_gain: float = 0.02
    pricing_rounds: int = 4
    separations: int = 1
    round_every: int = 5


@dataclass(frozen=True)
class BranchingParameters:
    """How the module to branch on is chosen.

    Attributes
    ----------
    candidates : int
        Modules tried, the most fractional: one fewer is often worse, one more seldom better.
    least_fraction : float
        Those that are nearer to 0 or 1 are not tried.
    level_weight : float
        Of equally fractional modules the one held most is tried first.
    runs, iterations : int
        PDHG's in a trial; the bound need not rise from one run to the next.
    least_gain : float
        A child's gain counts at least this share of what is missing: a product of gains needs none of 0.
    least_use : float
        Pairs used by no more are left out of what a child starts from.
    """

    candidates: int = 4
    least_fraction: float = 0.01
    level_weight: float = 1e-6
    runs: int = 3
    iterations: int = 100
    least_gain: float = 1e-4
    least_use: float = 1e-9


@dataclass(frozen=True)
class LeafParameters:
    """Which enumerated nodes are solved by a MILP.

    Attributes
    ----------
    max_modules, max_pairs : int
        A node with at most so many modules, and pairs (module, product), left.
    seconds : float
        Of such a MILP; then the node is branched on.
    max_modules_beside, max_pairs_beside : int
        The root of up to so many modules and pairs is also solved whole, beside the tree.
    """

    max_modules: int = 120
    max_pairs: int = 1_000
    seconds: float = 10.0
    max_modules_beside: int = 1_500
    max_pairs_beside: int = 15_000


@dataclass(frozen=True)
class RoundingParameters:
    """Which modules of a fractional solution stocks are made of.

    Attributes
    ----------
    least_level : float
        Modules held less are noise of PDHG.
    max_modules : int
        Each is evaluated in a stock once or twice, so that there are not to be too many.
    """

    least_level: float = 0.02
    max_modules: int = 150


@dataclass(frozen=True)
class ResourceParameters:
    """What the search may take.

    Attributes
    ----------
    glance_seconds : float
        Between two glances at whether to stop.
    max_entries : int
        Rows that pairs take part in, of all nodes in work together: what memory goes with, gigabytes at 3,000
        products.
    """

    glance_seconds: float = 0.1
    max_entries: int = 12_000_000


@dataclass(frozen=True)
class Parameters:
    """One of each; the defaults suit everything that was measured."""

    pdhg: PdhgParameters = PDHG
    pricing: PricingParameters = PRICING
    cliques: CliqueParameters = CLIQUES
    envelopes: EnvelopeParameters = ENVELOPES
    root: RootParameters = RootParameters()
    node: NodeParameters = NodeParameters()
    enumeration: EnumerationParameters = ENUMERATION
    leaf: LeafParameters = LeafParameters()
    branching: BranchingParameters = BranchingParameters()
    rounding: RoundingParameters = RoundingParameters()
    tree: SearchParameters = SEARCH
    resources: ResourceParameters = ResourceParameters()


DEFAULTS = Parameters()
