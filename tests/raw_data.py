"""Three data sets as analysts have them: made anew by ``python -m tests.raw_data FOLDER``, the same for every seed.

==================  =========================================================================================
``bicycles.csv``    a configurator's export: a row a configuration, semicolons, decimal commas, cp1252, an order
                    number, the pieces sold, the day, "ohne" for what is not chosen
``kitchens.csv``    a kitchen maker's order lines: order, article, quantity, delivery date; names with quotes,
                    signs that a spreadsheet would run, and separators
``plates.xlsx``     a sheet-metal shop's parts: a workbook whose headings are not ours, with columns too many
==================  =========================================================================================
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from atoopt.policy.data.generate import plates

FRAMES, GEARS, BRAKES = ("Stahl", "Alu", "Carbon"), ("Kette 8", "Kette 11", "Riemen"), ("Felge", "Scheibe")
LIGHTS, RACKS, COLOURS = ("ohne", "Nabe", "Akku"), ("ohne", "hinten", "vorne & hinten"), ("schwarz", "grün", "rot")

ARTICLES = (
    "oven", "sink, steel", "sink, stone", "hood", 'hob 60 "induction"', "hob 80", "dishwasher", "fridge",
    "=corner unit", "@island", "drawer kit", "LED strip",
)  # fmt: skip
WANTED = (0.95, 0.6, 0.3, 0.7, 0.55, 0.3, 0.8, 0.75, 0.35, 0.2, 0.6, 0.4)

HEADINGS = {
    "id": "Part no.", "annual_demand": "Annual demand", "orders_per_year": "Orders per year", "batch": "Lot size",
    "pieces_per_pallet": "Pieces per pallet",
}  # fmt: skip


def bicycles(folder: Path, seed: int = 0, n_rows: int = 400) -> Path:
    """Write the configurator's export; who takes a carbon frame more often takes disc brakes."""
    rng = np.random.default_rng(seed)
    frame = rng.choice(3, n_rows, p=[0.5, 0.4, 0.1])
    table = pd.DataFrame({
        "Bestellnummer": [f"B{100_000 + k}" for k in range(n_rows)],
        "Rahmen": np.array(FRAMES)[frame],
        "Schaltung": rng.choice(GEARS, n_rows, p=[0.5, 0.3, 0.2]),
        "Bremse": np.where(rng.random(n_rows) < np.array([0.2, 0.5, 0.9])[frame], *reversed(BRAKES)),
        "Licht": rng.choice(LIGHTS, n_rows, p=[0.5, 0.3, 0.2]),
        "Gepäckträger": rng.choice(RACKS, n_rows, p=[0.6, 0.3, 0.1]),
        "Farbe": rng.choice(COLOURS, n_rows, p=[0.6, 0.25, 0.15]),
        "Menge": np.round(rng.gamma(2.0, 1.5, n_rows) + 0.5, 1),
        "Tag": _days(rng, n_rows).strftime("%d.%m.%Y"),
    })  # fmt: skip
    file = folder / "bicycles.csv"
    table.to_csv(file, sep=";", decimal=",", encoding="cp1252", index=False)
    return file


def kitchens(folder: Path, seed: int = 0, n_orders: int = 150) -> Path:
    """Write the kitchen maker's order lines: who takes no steel sink may take a stone one."""
    rng = np.random.default_rng(seed)
    lines = []
    for k, day in enumerate(_days(rng, n_orders)):
        taken = np.flatnonzero(rng.random(len(ARTICLES)) < WANTED)
        lines += [(f"K-{2000 + k}", ARTICLES[i], int(rng.integers(1, 3)), day.date().isoformat()) for i in taken]
    file = folder / "kitchens.csv"
    pd.DataFrame(lines, columns=["Order no", "Article", "Qty", "Delivery"]).to_csv(file, index=False)
    return file


def sheet_metal(folder: Path, seed: int = 0, n_parts: int = 40) -> Path:
    """Write the shop's parts as a workbook: headings of its own, a drawing number and a material beside."""
    rng = np.random.default_rng(seed)
    instance = plates(n_parts, seed)
    columns = {heading: getattr(instance, name) for name, heading in HEADINGS.items() if name != "id"}
    table = pd.DataFrame({HEADINGS["id"]: instance.ids, **columns})
    for j, process in enumerate(instance.processes):
        table[f"Setup hours {process}"] = instance.setup_hours_by_process[:, j]
        table[f"Run hours per piece {process}"] = instance.run_hours_per_piece_by_process[:, j]
    table.insert(1, "Drawing", [f"D-{number}" for number in rng.integers(1000, 9999, n_parts)])
    table["Material"] = rng.choice(["S235", "S355", "1.4301"], n_parts)
    file = folder / "plates.xlsx"
    table.to_excel(file, index=False)
    return file


def _days(rng: np.random.Generator, n: int) -> pd.DatetimeIndex:
    """Return days of a year and a half, in order."""
    return pd.Timestamp("2025-01-01") + pd.to_timedelta(np.sort(rng.integers(0, 545, n)), unit="D")


if __name__ == "__main__":
    goal = Path(sys.argv[1])
    goal.mkdir(parents=True, exist_ok=True)
    print(*(make(goal) for make in (bicycles, kitchens, sheet_metal)), sep="\n")
