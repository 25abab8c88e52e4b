"""Old names of modules work for one more version, and say where they have gone."""

import sys
from importlib import import_module

import pytest

import atoopt
from atoopt.old_names import MOVED, Callable


@pytest.mark.parametrize("old", MOVED)
def test_an_old_name_is_the_new_module(old: str) -> None:
    """Asked for anew, it warns; its functions and classes are those of the new module, not copies."""
    sys.modules.pop(old, None)
    with pytest.warns(DeprecationWarning, match=MOVED[old]) as warned:
        module = import_module(old)
    assert len(warned) == 1
    new = import_module(MOVED[old])
    if isinstance(module, Callable):
        assert module.Evaluation is new.Evaluation
        return
    assert module is new
    assert module.__spec__ is not None
    assert module.__spec__.name == MOVED[old]


def test_an_old_module_that_is_a_function_now() -> None:
    """Whoever imports the old module leaves the function of its name to others."""
    sys.modules.pop("atoopt.stock.evaluate", None)
    with pytest.warns(DeprecationWarning):
        from atoopt.stock.evaluate import evaluate_masks
    from atoopt.stock import evaluate

    instance = atoopt.load("instances/stock/uniform-5.json")
    assert evaluate_masks(instance, [3]).cost == evaluate(instance, [instance.components[:2]]).cost


def test_a_name_that_never_was_is_not_found() -> None:
    """What is in no table is Python's own error."""
    with pytest.raises(ModuleNotFoundError):
        import_module("atoopt.stock.nothing")
