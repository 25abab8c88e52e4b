"""Branch and price: the root by column generation, then branch and bound with column generation at each node."""

from __future__ import annotations

from atoopt.stock.branch_and_bound import BranchAndBound, Statistics
from atoopt.stock.column_generation.node import process
from atoopt.stock.column_generation.root import bound_root
from atoopt.stock.column_generation.search import Node, Search


class Tree:
    """What branch and bound asks of column generation, see `atoopt.stock.branch_and_bound.Tree`."""

    def __init__(self, search: Search) -> None:
        self.search = search

    @property
    def cutoff(self) -> float:
        """Nodes of at least this bound hold nothing better."""
        return self.search.cutoff

    @property
    def ceiling(self) -> float:
        """The incumbent's cost, and what is proven of nodes that nothing was left of to branch on."""
        return min(self.search.incumbent.cost, self.search.floor)

    @property
    def bound_beside(self) -> float:
        """What the MILP of the whole root has proven."""
        return self.search.bound_beside

    @property
    def statistics(self) -> Statistics:
        """What was done."""
        return self.search.statistics

    def process(self, node: Node) -> list[Node] | None:
        """Bound a node; return its children."""
        return process(self.search, node)

    def end(self) -> None:
        """Let all threads stop."""
        self.search.ended.set()
        if self.search.milp_beside is not None:
            self.search.milp_beside.join()


def branch_and_price(search: Search) -> BranchAndBound[Node]:
    """Bound the root, then open nodes, until the gap is closed or the time is up; return the search as it is then."""
    tree = BranchAndBound(
        Tree(search), search.run, search.incumbent, search.relaxation.trivial_bound, search.parameters.tree
    )
    with search.at_work():
        tree.search([bound_root(search, tree.tell)], search.nodes_at_once)
    if search.milp_beside is not None:
        search.milp_beside.finish()
    return tree
