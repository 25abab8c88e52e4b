"""The parts as a table: the data, and what each policy takes per part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atoopt.policy.instance import PolicyInstance

if TYPE_CHECKING:
    import pandas as pd

UNITS = {
    "annual_demand": "pieces/year",
    "orders_per_year": "1/year",
    "batch": "pieces",
    "batches_per_year": "1/year",
    "setup_hours": "h/event",
    "run_hours_per_piece": "h/piece",
    "agility": "pieces/h²",
    "pieces_per_pallet": "pieces",
    "mts_pallets": "pallets",
    "mts_setup_hours": "h/year",
    "mto_setup_hours": "h/year",
}
"""Column -> unit; each is an attribute of `PolicyInstance`."""


def part_table(instance: PolicyInstance) -> pd.DataFrame:
    """Return one row a part; the columns have two levels, name and unit.

    Examples
    --------
    >>> import atoopt
    >>> table = part_table(atoopt.load("instances/policy/plates-12.json"))
    >>> table.loc["P01", ("agility", "pieces/h²")].round(1)
    np.float64(111.1)
    """
    import pandas as pd

    table = pd.DataFrame({name: getattr(instance, name) for name in UNITS}, index=pd.Index(instance.ids, name="part"))
    table.columns = pd.MultiIndex.from_tuples(UNITS.items(), names=["quantity", "unit"])
    return table
