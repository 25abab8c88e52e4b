"""Old names of modules work for one more version, and say where they have gone."""

import sys
from importlib import import_module

import pytest

from atoopt.old_names import MOVED


@pytest.mark.parametrize("old", MOVED)
def test_an_old_name_is_the_new_module(old: str) -> None:
    """Asked for anew, it warns; its functions and classes are those of the new module, not copies."""
    sys.modules.pop(old, None)
    with pytest.warns(DeprecationWarning, match=MOVED[old]) as warned:
        module = import_module(old)
    assert module is import_module(MOVED[old])
    assert module.__spec__ is not None
    assert module.__spec__.name == MOVED[old]
    assert len(warned) == 1


def test_a_name_that_never_was_is_not_found() -> None:
    """What is in no table is Python's own error."""
    with pytest.raises(ModuleNotFoundError):
        import_module("atoopt.stock.nothing")
