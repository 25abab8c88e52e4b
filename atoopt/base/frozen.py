"""What the data of every problem share: immutable models, and the kinds of numbers in them."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from atoopt.base.values import hashable, html_table

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
NonNegative = Annotated[Number, Field(ge=0)]
Positive = Annotated[Number, Field(gt=0)]
# what ends strings elsewhere, or is no text, is no part of a name; a quoted cell of a table may hold a line end
Name = Annotated[str, Field(strict=True, min_length=1, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$")]


class Frozen(BaseModel):
    """Immutable, and an unknown key is an error that names the key."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    def __eq__(self, other: object) -> bool:
        """Compare the data only; what was computed from them is kept beside them and holds arrays."""
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, key) == getattr(other, key) for key in type(self).model_fields)

    def __hash__(self) -> int:
        """Return a number that equal data share; dictionaries among them."""
        return hash(tuple(hashable(getattr(self, key)) for key in type(self).model_fields))

    def _repr_html_(self) -> str:
        return html_table({key: getattr(self, key) for key in type(self).model_fields})


def read_only(array: Any) -> Any:
    """Return the array, protected against changes: it is shared by all who ask for it."""
    array.flags.writeable = False
    return array
