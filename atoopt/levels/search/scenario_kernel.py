"""What one unit more or less of a module changes over scenarios, compiled."""

from __future__ import annotations

from typing import Any

from atoopt.kernels.declare import kernel


@kernel("levels")
def count_changes(short: Any, scenarios: Any, users: Any, when: Any, counts: Any) -> None:
    """Count, per order type that takes the module, the scenarios in which so many of its modules are short.

    Parameters
    ----------
    short : (N, m) array of int16
        How many modules of each order type are short.
    scenarios : array of int64
        Those in which the unit decides whether the module is short.
    users : array of int64
        The order types that take the module.
    when : int
        0 for filled orders that a unit less would miss; 1 for missed ones that a unit more would fill.
    counts : array of int64
        As long as `users`; overwritten.
    """
    counts[:] = 0
    for n in scenarios:
        for u in range(users.size):
            if short[n, users[u]] == when:
                counts[u] += 1


@kernel("levels")
def shift(short: Any, scenarios: Any, users: Any, by: Any, missed: Any) -> None:
    """Make the module short (by 1) or there (by -1) in the scenarios, and count what each order type misses.

    Parameters
    ----------
    missed : (m,) array of int64
        Scenarios in which each order type is missed; changed.
    """
    for n in scenarios:
        for u in range(users.size):
            k = users[u]
            before = short[n, k]
            short[n, k] = before + by
            if before == 0:
                missed[k] += 1
            elif before + by == 0:
                missed[k] -= 1
