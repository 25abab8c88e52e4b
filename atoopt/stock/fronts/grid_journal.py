"""What the solves at several assembly times came to, on disk as it is found."""

from __future__ import annotations

import math

from atoopt.base.gap import PROOF_TOLERANCE
from atoopt.base.journal import JournalFile, fingerprint
from atoopt.stock.evaluation import evaluate_masks
from atoopt.stock.fronts.levels import Level, Levels
from atoopt.stock.fronts.solve_level import Answer
from atoopt.stock.instance import StockInstance

FORMAT = "atoopt/front-journal-of-times"


class GridJournal(JournalFile):
    """A journal being written.

    Parameters
    ----------
    path : str
        A new file, or one of the same instance, from which `resume` goes on.
    instance : StockInstance

    Raises
    ------
    InputError
        The file is something else, or cannot be written.
    """

    def __init__(self, path: str, instance: StockInstance) -> None:
        super().__init__(path)
        self.instance = instance
        head = {"format": FORMAT, "version": 1, "instance": fingerprint(instance.to_json())}
        problem = "is not the journal of this instance by decomposition"
        self.open_for(head, alien=problem, other=problem)

    def tell(self, answer: Answer) -> None:
        """Write an answer down."""
        bound = None if math.isinf(answer.bound) else answer.bound
        time = answer.task.instance.max_mean_assembly_time
        self.write({"time": time, "bound": bound, "stock": None if answer.stock is None else list(answer.stock)})

    def resume(self, levels: Levels) -> None:
        """Take in what is known; times without a proof are to be solved for again."""
        for record in self.records():
            time, bound, stock = float(record["time"]), record["bound"], record["stock"]
            bound = math.inf if bound is None else float(bound)
            found = [] if stock is None else [evaluate_masks(self.instance, stock)]
            levels.add(Level(time, bound), [evaluation for evaluation in found if evaluation.feasible])
        for level in levels.solved:
            best = levels.best_at(level.time)
            if best is None or levels.bound_at(level.time) < best.cost * (1 - PROOF_TOLERANCE):
                levels.again.append(level.time)
