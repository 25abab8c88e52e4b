"""The data of the MTO/MTS policy problem: frozen, validated, read from and written to JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from atoopt.base.errors import InputError
from atoopt.base.frozen import Name, read_only
from atoopt.base.instance import Instance
from atoopt.policy.pallets import Geometry, Pallet, pieces_per_pallet
from atoopt.policy.part import Limits, Part, check_part

Policy = Literal["MTO", "MTS"]
Floats = NDArray[np.float64]


class PolicyInstance(Instance):
    """Which parts should be made to order? The data of Bortolini, Faccio, Gamberi and Pilati (2019).

    Arrays hold one entry a part, in the order of `parts`; (n, m) arrays one column a process.

    Attributes
    ----------
    name : str
    parts : tuple of Part
    limits : Limits
    fixed_policy : dict of str to {"MTO", "MTS"}
        Parts whose policy is given.
    same_policy : tuple of tuple of str
        Groups of parts that go together.
    pallet : Pallet
        For parts with a `geometry`.

    Examples
    --------
    >>> from atoopt.policy import Part, PolicyInstance
    >>> plate = Part(id="P1", annual_demand=4800, orders_per_year=96, batch=400, pieces_per_pallet=12,
    ...              setup_hours={"cutting": 0.2, "bending": 0.05},
    ...              run_hours_per_piece={"cutting": 0.01, "bending": 0.03})
    >>> instance = PolicyInstance(name="one plate", parts=(plate,))
    >>> instance.agility.round(6).tolist(), instance.mts_setup_hours.tolist(), instance.mto_setup_hours.tolist()
    ([100.0], [3.0], [24.0])
    """

    label_width: ClassVar[int] = 18
    in_rows: ClassVar[tuple[str, ...]] = ("parts",)

    format: Literal["atoopt/policy"] = "atoopt/policy"
    version: Literal[1] = 1
    name: Name
    parts: Annotated[tuple[Part, ...], Field(min_length=1)]
    limits: Limits = Limits()
    fixed_policy: dict[Name, Policy] = Field(default_factory=dict)
    same_policy: tuple[Annotated[tuple[Name, ...], Field(min_length=1)], ...] = ()
    pallet: Pallet = Pallet()

    @model_validator(mode="after")
    def _consistent(self) -> PolicyInstance:
        """Check what one key alone cannot show."""
        for i, part in enumerate(self.parts):
            first = self._position[part.id]
            if first != i:
                problem = f"{json.dumps(part.id)} is also the id of parts[{first}]"
                raise InputError(problem, "give each part an id of its own", place=f"parts[{i}].id")
            check_part(part, f"parts[{i}]", self.pallet)
        for name in self.fixed_policy:
            self._check_known(name, "fixed_policy")
        for g, group in enumerate(self.same_policy):
            for name in group:
                self._check_known(name, f"same_policy[{g}]")
            if len(set(group)) < len(group):
                raise InputError("gives a part twice", "list each part once", place=f"same_policy[{g}]")
        for process in self.limits.process_hours or {}:
            if process not in self.processes:
                raise InputError(
                    f"{json.dumps(process)} is a process of no part", f"use one of {', '.join(self.processes)}",
                    place="limits.process_hours",
                )  # fmt: skip
        self._check_totals()
        return self

    def _check_known(self, name: str, place: str) -> None:
        if name not in self._position:
            raise InputError(f"{json.dumps(name)} is not the id of a part", "correct it or add the part", place=place)

    def _check_totals(self) -> None:
        """A year must fit in a number: sums that overflow would make every policy alike."""
        for what in (self.mts_pallets, self.mts_setup_hours, self.mto_setup_hours, self.run_hours.sum(axis=1)):
            with np.errstate(over="ignore"):
                sums = np.cumsum(what)
            if not np.isfinite(sums).all():
                place = f"parts[{int(np.argmin(np.isfinite(sums)))}]"
                raise InputError("makes the year's pallets or hours too large a number", "use other units", place=place)

    # ---- the data as arrays -------------------------------------------------------------------

    @cached_property
    def _position(self) -> dict[str, int]:
        position: dict[str, int] = {}
        for i, part in enumerate(self.parts):
            position.setdefault(part.id, i)
        return position

    def position(self, part_id: str) -> int:
        """Return where a part stands in the arrays."""
        return self._position[part_id]

    @property
    def n_parts(self) -> int:
        """The number of parts."""
        return len(self.parts)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids of the parts, in their order."""
        return tuple(part.id for part in self.parts)

    @cached_property
    def processes(self) -> tuple[str, ...]:
        """The processes, in the order in which the parts name them."""
        return tuple(dict.fromkeys(j for part in self.parts for j in (*part.setup_hours, *part.run_hours_per_piece)))

    def _column(self, value: Callable[[Part], float]) -> Floats:
        return read_only(np.array([value(part) for part in self.parts], dtype=np.float64))

    def _by_process(self, value: Callable[[Part], dict[str, float]]) -> Floats:
        rows = [[value(part).get(j, 0.0) for j in self.processes] for part in self.parts]
        return read_only(np.array(rows, dtype=np.float64).reshape(self.n_parts, len(self.processes)))

    @cached_property
    def annual_demand(self) -> Floats:
        """D_i, pieces a year."""
        return self._column(lambda part: part.annual_demand)

    @cached_property
    def orders_per_year(self) -> Floats:
        """O_i, orders a year."""
        return self._column(lambda part: part.orders_per_year)

    @cached_property
    def batch(self) -> Floats:
        """B_i, pieces a batch."""
        return self._column(lambda part: part.batch_pieces)

    @cached_property
    def batches_per_year(self) -> Floats:
        """D_i / B_i, production events a year under MTS."""
        with np.errstate(over="ignore"):
            return read_only(self.annual_demand / self.batch)

    @cached_property
    def setup_hours_by_process(self) -> Floats:
        """Ts_ij, hours an event, shape (n, m)."""
        return self._by_process(lambda part: part.setup_hours)

    @cached_property
    def run_hours_per_piece_by_process(self) -> Floats:
        """Tp_ij, hours a piece, shape (n, m)."""
        return self._by_process(lambda part: part.run_hours_per_piece)

    @cached_property
    def setup_hours(self) -> Floats:
        """Ts_i, hours an event, summed over the processes."""
        return read_only(np.array([math.fsum(part.setup_hours.values()) for part in self.parts]))

    @cached_property
    def run_hours_per_piece(self) -> Floats:
        """Tp_i, hours a piece, summed over the processes."""
        return read_only(np.array([math.fsum(part.run_hours_per_piece.values()) for part in self.parts]))

    @cached_property
    def run_hours(self) -> Floats:
        """Tp_ij D_i, run hours a year, shape (n, m); no policy changes them."""
        with np.errstate(over="ignore"):
            return read_only(self.run_hours_per_piece_by_process * self.annual_demand[:, None])

    @cached_property
    def agility(self) -> Floats:
        """a_i = 1 / (Ts_i Tp_i), equation (1), pieces/h²; the largest float where a part takes no time."""
        with np.errstate(divide="ignore", over="ignore"):
            agility = 1.0 / (self.setup_hours * self.run_hours_per_piece)
        return read_only(np.minimum(agility, np.finfo(np.float64).max))

    @cached_property
    def pieces_per_pallet(self) -> Floats:
        """EPQ_i, as given or from the geometry."""
        return self._column(
            lambda part: part.pieces_per_pallet or float(pieces_per_pallet(_given(part.geometry), self.pallet))
        )

    @cached_property
    def mts_pallets(self) -> Floats:
        """B_i / (2 EPQ_i), equation (6): the mean pallets that part i takes under MTS (none under MTO)."""
        with np.errstate(over="ignore"):
            return read_only(self.batch / (2.0 * self.pieces_per_pallet))

    @cached_property
    def mts_setup_hours(self) -> Floats:
        """Ts_i D_i / B_i, hours a year under MTS."""
        with np.errstate(over="ignore", invalid="ignore"):
            return read_only(self.setup_hours * self.batches_per_year)

    @cached_property
    def mto_setup_hours(self) -> Floats:
        """Ts_i O_i, hours a year under MTO."""
        with np.errstate(over="ignore"):
            return read_only(self.setup_hours * self.orders_per_year)

    @cached_property
    def fixed(self) -> NDArray[np.int8]:
        """1 where a part is fixed to MTO, 0 where to MTS, -1 where free."""
        fixed = np.full(self.n_parts, -1, dtype=np.int8)
        for name, policy in self.fixed_policy.items():
            fixed[self._position[name]] = policy == "MTO"
        return read_only(fixed)

    @cached_property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """The parts as positions, in the groups that go together; groups that share a part are one."""
        head = list(range(self.n_parts))

        def first(i: int) -> int:
            while head[i] != i:
                head[i] = head[head[i]]
                i = head[i]
            return i

        for group in self.same_policy:
            for name in group[1:]:
                a, b = sorted((first(self._position[group[0]]), first(self._position[name])))
                head[b] = a
        members: dict[int, list[int]] = {}
        for i in range(self.n_parts):
            members.setdefault(first(i), []).append(i)
        return tuple(tuple(group) for group in members.values())

    @cached_property
    def process_limits(self) -> dict[str, float]:
        """The processes that have a limit, hours a year."""
        return {j: hours for j, hours in (self.limits.process_hours or {}).items() if hours is not None}

    # ---- reading and showing ------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        """Return the instance as plain data, in the order of the file format; what was left out stays out."""
        data = super().to_json()
        data["parts"] = [_without_none(part) for part in data["parts"]]
        for part in data["parts"]:
            if "geometry" in part and not part["geometry"]["turned"]:
                del part["geometry"]["turned"]
        data["limits"] = _without_none(data["limits"])
        data["pallet"] = _without_none(data["pallet"])
        left_out = {"limits": {}, "fixed_policy": {}, "same_policy": [], "pallet": _without_none(Pallet().model_dump())}
        return {key: value for key, value in data.items() if value != left_out.get(key, ...)}

    def summary(self) -> dict[str, str]:
        """Return the instance on one screen, label to text."""
        from atoopt.policy.summary import summary

        return summary(self)


def _given(geometry: Geometry | None) -> Geometry:
    assert geometry is not None
    return geometry


def _without_none(data: dict[str, Any]) -> dict[str, Any]:
    return {
        key: _without_none(value) if isinstance(value, dict) else value
        for key, value in data.items()
        if value is not None
    }
