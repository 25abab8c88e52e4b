"""A model of an MPS or LP file as arrays, its columns known by their names."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

import highspy
import numpy as np
from scipy.sparse import csc_array

from atoopt.base.errors import InputError
from atoopt.solvers.arrays.standard_form import StandardForm


@dataclass
class FileColumn:
    """A column of a file, which can stand where a Pyomo variable can.

    Attributes
    ----------
    name : str
    domain : a domain of Pyomo
    value : float or None
    """

    name: str
    domain: Any
    value: float | None = None
    bounds: tuple[float | None, float | None] = field(default=(None, None))

    def set_value(self, value: float, skip_validation: bool = True) -> None:
        """Take a value, as a variable does."""
        del skip_validation
        self.value = value

    def is_binary(self) -> bool:
        """Return False: a whole column with bounds is all that a file knows."""
        return False

    def is_integer(self) -> bool:
        """Whether it is whole."""
        from pyomo.environ import Integers

        return self.domain is Integers

    def is_continuous(self) -> bool:
        """Whether it is not."""
        return not self.is_integer()


def read_model(path: str | os.PathLike[str]) -> StandardForm:
    """Read a model file.

    Parameters
    ----------
    path : path
        Ends in ``.mps`` or ``.lp``.

    Raises
    ------
    InputError
        HiGHS cannot read it, or it has what is no linear program in reals and whole numbers.
    """
    from pyomo.environ import Integers, Reals

    file = str(path)
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    if highs.readModel(file) == highspy.HighsStatus.kError:
        raise InputError("is no model that HiGHS can read", "correct it: an MPS or LP file, linear", file=file)
    lp = highs.getLp()
    whole = _whole(lp, file)
    n_rows, n_columns = lp.num_row_, lp.num_col_
    matrix = lp.a_matrix_
    rows = csc_array(
        (np.array(matrix.value_, dtype=np.float64), np.array(matrix.index_), np.array(matrix.start_)),
        shape=(n_rows, n_columns),
    )  # fmt: skip
    lower, upper = (_infinite(side) for side in (lp.col_lower_, lp.col_upper_))
    names = _names(lp.col_names_, n_columns, "x")
    variables = [
        FileColumn(name, Integers if is_whole else Reals)
        for name, is_whole in zip(names, whole.tolist(), strict=True)
    ]  # fmt: skip
    return StandardForm(
        variables, rows, _infinite(lp.row_lower_), _infinite(lp.row_upper_),
        np.where(whole, np.ceil(lower), lower), np.where(whole, np.floor(upper), upper), whole,
        tuple(_names(lp.row_names_, n_rows, "r")), np.array(lp.col_cost_, dtype=np.float64), float(lp.offset_),
        lp.sense_ == highspy.ObjSense.kMinimize,
    )  # fmt: skip


def _whole(lp: Any, file: str) -> Any:
    kinds = highspy.HighsVarType
    found = list(lp.integrality_) or [kinds.kContinuous] * lp.num_col_
    if any(kind not in (kinds.kContinuous, kinds.kInteger) for kind in found):
        problem = "has semi-continuous or semi-integer columns"
        raise InputError(problem, "write them with a binary column each", file=file)
    return np.array([kind == kinds.kInteger for kind in found], dtype=bool)


def _infinite(sides: Any) -> Any:
    """Return sides as arrays, infinite where HiGHS takes them for infinite."""
    values = np.array(sides, dtype=np.float64)
    return np.where(np.abs(values) >= highspy.kHighsInf, np.copysign(np.inf, values), values)


def _names(names: Any, count: int, letter: str) -> list[str]:
    listed = list(names)
    return listed if len(listed) == count else [f"{letter}{i}" for i in range(count)]
