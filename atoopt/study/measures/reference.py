"""The best that is known of each instance: over all runs of the study, in the objective's own sense."""

from __future__ import annotations

import numpy as np
import pandas as pd

from atoopt.study.measures.outcomes import trusted
from atoopt.study.measures.side_by_side import INSTANCE


def best_known(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the best objective and the best bound of each instance.

    Parameters
    ----------
    runs : DataFrame
        Of `StudyData`; runs found wrong do not count.

    Returns
    -------
    DataFrame
        Index: problem and instance. Columns: best, best_by (the method, the first by name where several have it),
        bound, bound_by, sense (1 minimize, -1 maximize). What nobody found is NaN, its method None.
    """
    every = pd.MultiIndex.from_frame(runs[INSTANCE].drop_duplicates()).sort_values()
    usable = trusted(runs).sort_values(["method", "seed", "repeat"], kind="stable")
    sense = usable["sense"].astype(float)
    signed = usable.assign(up=sense * usable["objective"].astype(float), low=-sense * usable["bound"].astype(float))
    found = pd.DataFrame(index=every)
    for column, by, of in (("best", "best_by", "up"), ("bound", "bound_by", "low")):
        finite = signed[np.isfinite(signed[of])]
        rows = finite.loc[finite.groupby(INSTANCE)[of].idxmin()].set_index(INSTANCE)
        value = rows["objective" if of == "up" else "bound"]
        found[column] = value.reindex(every).astype(float)
        found[by] = rows["method"].reindex(every).astype(object).where(found[column].notna(), None)
    found["sense"] = signed.groupby(INSTANCE)["sense"].first().reindex(every).astype(float)
    return found


def of_runs(runs: pd.DataFrame, known: pd.Series) -> pd.Series:
    """Return, per run, what is known of its instance (a column of `best_known`)."""
    return pd.Series(known.reindex(pd.MultiIndex.from_frame(runs[INSTANCE])).to_numpy(), index=runs.index)
