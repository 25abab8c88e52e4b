"""The policy problem in exact arithmetic, from the numbers of the file: every policy, with no code of atoopt.

All numbers are fractions of the doubles that the file holds, put over one denominator per quantity, so that
sums are Python integers and nothing is rounded.
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product
from typing import Any, NamedTuple

LIMIT = Fraction(1e-9)
"""Limits hold within this share of themselves."""


class Policy(NamedTuple):
    """A policy, and what it takes."""

    mto: tuple[bool, ...]
    pallets: Fraction
    setup: Fraction


class ExactInstance:
    """The data as fractions."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data, parts = data, data["parts"]
        self.n = len(parts)
        self.ids = [part["id"] for part in parts]
        batch = [Fraction(batch_of(part)) for part in parts]
        events = {False: [Fraction(p["annual_demand"]) / b for p, b in zip(parts, batch, strict=True)],
                  True: [Fraction(p["orders_per_year"]) for p in parts]}  # fmt: skip
        self.pallets = [b / (2 * Fraction(pieces_of(p))) for p, b in zip(parts, batch, strict=True)]
        self.processes = list(dict.fromkeys(j for p in parts for j in (*p["setup_hours"], *p["run_hours_per_piece"])))
        self.run = {
            j: sum(Fraction(p["run_hours_per_piece"].get(j, 0)) * Fraction(p["annual_demand"]) for p in parts)
            for j in self.processes
        }
        self.setup = {
            j: {m: [Fraction(p["setup_hours"].get(j, 0)) * e for p, e in zip(parts, events[m], strict=True)]
                for m in (False, True)}
            for j in self.processes
        }  # fmt: skip

    def totals(self, mto: tuple[bool, ...]) -> tuple[Fraction, Fraction, dict[str, Fraction]]:
        """Return pallets, set-up hours, and hours per process of a policy."""
        pallets = sum((p for p, m in zip(self.pallets, mto, strict=True) if not m), Fraction(0))
        setup = {j: sum((self.setup[j][m][i] for i, m in enumerate(mto)), Fraction(0)) for j in self.processes}
        return pallets, sum(setup.values(), Fraction(0)), {j: setup[j] + self.run[j] for j in self.processes}

    def allowed(self) -> list[Policy]:
        """Return every policy that keeps limits, fixed policies and groups."""
        limits = self.data.get("limits", {})
        most = {None: limits.get("max_pallets"), True: limits.get("max_setup_hours")}
        found = []
        for mto, pallets, setup, hours in self._all():
            pairs = [(pallets, most[None]), (setup, most[True])]
            pairs += [(hours[j], limit) for j, limit in limits.get("process_hours", {}).items()]
            if all(limit is None or value <= Fraction(limit) * (1 + LIMIT) for value, limit in pairs):
                found.append(Policy(mto, pallets, setup))
        return found

    def _all(self) -> list[tuple[tuple[bool, ...], Fraction, Fraction, dict[str, Fraction]]]:
        """Return all policies that respect fixed policies and groups."""
        fixed, groups = self.data.get("fixed_policy", {}), self.data.get("same_policy", [])
        place = {name: i for i, name in enumerate(self.ids)}
        found = []
        for mto in product((False, True), repeat=self.n):
            if any(mto[place[name]] != (policy == "MTO") for name, policy in fixed.items()):
                continue
            if any(len({mto[place[name]] for name in group}) > 1 for group in groups):
                continue
            found.append(mto)
        return [(mto, *self.totals(mto)) for mto in found]

    def rule_policies(self) -> set[tuple[bool, ...]]:
        """Return the policies of all threshold rules."""
        agility, pieces = [agility_of(p) for p in self.data["parts"]], [pieces_of(p) for p in self.data["parts"]]
        pairs = product([*agility, math.inf], [*pieces, 0.0])
        return {tuple(a >= least and e <= most for a, e in zip(agility, pieces, strict=True)) for least, most in pairs}


def nondominated(policies: list[Policy]) -> list[Policy]:
    """Return the non-dominated ones, by ascending pallets."""
    kept: list[Policy] = []
    for policy in sorted(policies, key=lambda p: (p.pallets, p.setup)):
        if not kept or policy.setup < kept[-1].setup:
            kept.append(policy)
    return kept


def batch_of(part: dict[str, Any]) -> float:
    """Return B_i, as given or Harris's."""
    if "batch" in part:
        return float(part["batch"])
    costs = part["economic_order"]
    economic = math.sqrt(2 * part["annual_demand"] * costs["order_cost"] / costs["holding_cost"])
    return max(1.0, math.floor(economic + 0.5))


def pieces_of(part: dict[str, Any]) -> float:
    """Return EPQ_i, as given or from the sheet."""
    if "pieces_per_pallet" in part:
        return float(part["pieces_per_pallet"])
    sheet = part["geometry"]
    a1, a2, t = (Fraction(repr(sheet[key])) for key in ("long_side_mm", "short_side_mm", "thickness_mm"))
    long, short = {"U": (a1 + t, a2 + t), "L": (a1, a2 + t), "I": (a1, a2)}[sheet["shape"]]
    along, across = int(1200 / long) * int(800 / short), int(1200 / short) * int(800 / long)
    return float((along if sheet["shape"] == "I" else max(along, across)) * sheet["layers"])


def agility_of(part: dict[str, Any]) -> float:
    """Return 1 / (Ts Tp); the largest double where a part takes no time."""
    work = math.fsum(part["setup_hours"].values()) * math.fsum(part["run_hours_per_piece"].values())
    return 1 / work if work else float.fromhex("0x1.fffffffffffffp+1023")
