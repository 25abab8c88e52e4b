"""The page's data of a stock: every number is the independent evaluator's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from atoopt.workbench.decision.parts import Bars, Decision, Table
from atoopt.workbench.decision.proof import proven, sentence_of_proof

if TYPE_CHECKING:
    from atoopt.solvers.result import Result
    from atoopt.stock.evaluation import Evaluation
    from atoopt.stock.instance import StockInstance

BEST_SELLERS = 25
"""Products that are listed."""

PAPER = ((1.0, 2.0, 0.4, 10.0), (1.0, 0.4, 0.1, 10.0))
"""The cost sets of da Cunha, Agard and Kusiak, which are in no currency."""


def decision_of_stock(result: Result) -> Decision:
    """Return the page's data of a stock."""
    instance, stock = result.instance, result.solution
    several = [mask for mask in stock.masks if mask & (mask - 1)]
    limit = instance.max_mean_assembly_time
    accepted = "there is no limit on it" if limit is None else f"at most {limit:g} is accepted"
    at_once = stock.time_distribution().get(0.0, 0.0)
    sentences = (
        f"Hold {stock.n_modules} modules: {len(several)} that are assembled beforehand, and the "
        f"{instance.n_components} single components.",
        f"That costs {stock.cost:.6g}, and the mean final assembly takes {stock.mean_assembly_time:.4g} ({accepted}); "
        f"{at_once:.1%} of the orders need none, the longest takes {max(stock.time_distribution()):.4g}.",
        sentence_of_proof(result, "stock"),
    )
    return Decision(
        title=instance.name, sentences=sentences, what=_modules(instance, stock), effects=_effects(instance, stock),
        proven=proven(result), assumed=_assumed(instance),
        words={"what": "What to hold", "effects": "What it costs, and how long customers wait"},
    )  # fmt: skip


def _modules(instance: StockInstance, stock: Evaluation) -> list[Table | Bars]:
    """Return the modules that are assembled beforehand by use, and the single ones."""
    use, terms = stock.usage(), ["preassembly", "fixed_transport", "variable_transport"]
    costs = dict(zip(stock.masks, stock.to_frame()[terms].sum(axis=1).tolist(), strict=True))
    by_use = sorted(stock.masks, key=lambda mask: -use[mask])
    rows = {
        several: [
            (" + ".join(instance.names(mask)), f"{mask.bit_count()}", f"{use[mask]:.1%}", f"{costs[mask]:.6g}")
            for mask in by_use
            if (mask.bit_count() > 1) == several
        ]
        for several in (True, False)
    }
    head = ("module", "components", "orders that use it", "cost of holding it")
    tables: list[Table | Bars] = []
    if rows[True]:
        tables.append(Table("Modules that are assembled beforehand", head, rows[True], id="modules"))
    tables.append(Table(f"{len(rows[False])} single components", head, rows[False], folded=True, id="singles"))
    return tables


def _effects(instance: StockInstance, stock: Evaluation) -> list[Table | Bars]:
    """Return the cost's terms, the distribution of times, and the best sellers."""
    total = stock.cost
    names = {
        "preassembly": "pre-assembly", "fixed_transport": "transport, for each module held",
        "variable_transport": "transport, for each component", "final_assembly": "final assembly",
    }  # fmt: skip
    terms = [
        (names[key], f"{value:.6g}", f"{value / total:.1%}" if total else "") for key, value in stock.costs.items()
    ]
    terms.append(("total", f"{total:.6g}", ""))
    times = stock.time_distribution()
    longest = max(times.values())
    bars = [(f"{time:.4g}", share / longest, f"{share:.1%}") for time, share in times.items()]
    sold = sorted(range(instance.n_products), key=lambda k: -instance.shares[k])[:BEST_SELLERS]
    products = [
        (
            instance.products[k].name or " + ".join(instance.products[k].components) or "(base)",
            f"{instance.shares[k]:.1%}", f"{len(stock.partition[k])}",
            f"{stock.operations[k] * instance.time_per_operation:.4g}",
        )
        for k in sold
    ]  # fmt: skip
    more = f"; {instance.n_products - len(sold)} more are not listed" if instance.n_products > len(sold) else ""
    return [
        Table("Cost", ("term", "cost", "share"), terms, id="costs"),
        Bars("Final assembly time, and the share of the orders that take it", bars),
        Table(
            f"Best-selling products{more}", ("product", "orders", "modules", "assembly time"), products,
            folded=True, id="products",
        ),
    ]  # fmt: skip


def _assumed(instance: StockInstance) -> list[tuple[str, str]]:
    """Return what the instance takes for given."""
    c = instance.costs
    coefficients = (c.preassembly, c.fixed_transport, c.variable_transport, c.final_assembly)
    paper = " These are the figures of the paper: in no currency, only their ratios count." * (coefficients in PAPER)
    basis = {"stock": "for each module held", "usage": "as often as modules are used"}[instance.cost_basis]
    assumed = [
        ("Orders", f"{instance.n_products} products of {instance.n_components} options, by their share of the demand."),
        (
            "Costs",
            f"Pre-assembly {c.preassembly:g} an operation and transport {c.variable_transport:g} a component, {basis}; "
            f"transport {c.fixed_transport:g} a module held; final assembly {c.final_assembly:g} a unit of mean "
            f"time.{paper}",
        ),
        ("Time", f"An operation of final assembly takes {instance.time_per_operation:g}."),
    ]
    if instance.max_mean_assembly_time is not None:
        limit = f"The mean final assembly may take at most {instance.max_mean_assembly_time:g}."
        assumed.append(("Customers", limit))
    if instance.liaisons is None:
        assumed.append(("Joining", "Any components can be joined to a module."))
    if instance.max_modules is not None:
        assumed.append(("Modules", f"At most {instance.max_modules} are held, single components included."))
    if instance.delivery_ratio is not None:
        ratio = instance.delivery_ratio
        text = f"At least {ratio.min_share:.1%} of the orders take at most {ratio.max_assembly_time:g}."
        assumed.append(("Delivery", text))
    if instance.candidate_modules is not None:
        assumed.append(("Candidates", f"Only {len(instance.candidate_modules)} listed modules may be held."))
    if instance.liaisons is not None:
        assumed.append(("Liaisons", f"A module hangs together by the {len(instance.liaisons)} joints that are given."))
    return assumed


def picked(solution: Any) -> tuple[str, tuple[str, ...]]:
    """Return what is told of a point of the curve: a head, and its modules of several components."""
    several = [names for names in solution.modules if len(names) > 1]
    head = (
        f"cost {solution.cost:.6g}, mean assembly time {solution.mean_assembly_time:.4g}, {solution.n_modules} modules"
    )
    return head, tuple(" + ".join(names) for names in several)
