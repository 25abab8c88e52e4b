"""Subgradient optimization of the multipliers, with a choice of variants found on the way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from atoopt.diversity.core import Core
from atoopt.diversity.inclusion import Floats
from atoopt.diversity.lagrangian.heuristic import Mask, Stopped, improved
from atoopt.diversity.lagrangian.relaxation import Relaxed, relax


@dataclass(frozen=True)
class Parameters:
    """Of the step rule of Held, Wolfe and Crowder (1974).

    Attributes
    ----------
    steps : int
        Steps at most; the bound moves little after some hundred.
    scale : float
        Of the first step, relative to Polyak's: 2 is the largest that converges, 1 is calmer from a warm start.
    patience : int
        Steps without a better bound until the scale is halved.
    least_scale : float
        The scale at which to stop.
    polish : int
        Every so many steps the choice of the relaxation is improved by exchange.
    """

    steps: int = 600
    scale: float = 1.5
    patience: int = 15
    least_scale: float = 0.005
    polish: int = 25


@dataclass
class Ascent:
    """What was found: the best bound with its multipliers, and the best choice."""

    relaxed: Relaxed
    u: Floats
    chosen: Mask
    saved: float


CLOSED = 1e-12
"""A bound is met by a choice within this, relative to the give-away to save."""


def optimize(core: Core, u: Floats, chosen: Mask, stopped: Stopped, parameters: Parameters | None = None) -> Ascent:
    """Lower L(u) step by step.

    Parameters
    ----------
    core : Core
    u : (n_products,) array
        First multipliers.
    chosen : (n_products,) array of bool
        The best choice known.
    stopped : callable
        Whether to end.
    parameters : Parameters, optional
    """
    rule = Parameters() if parameters is None else parameters
    found = Ascent(relax(core, u), u, chosen, core.saved(chosen))
    scale, idle, now = rule.scale, 0, found.relaxed
    for step in range(rule.steps):
        _offer(core, found, now.chosen if step % rule.polish else improved(core, now.chosen, stopped))
        gap = now.saved - found.saved
        if found.relaxed.saved - found.saved <= CLOSED * core.base or scale < rule.least_scale or stopped():
            break
        direction = np.where((u <= 0) & (now.slack > 0), 0.0, now.slack)
        norm = float(direction @ direction)
        if norm == 0.0:
            break
        u = np.maximum(u - scale * max(gap, 0.0) / norm * direction, 0.0)
        now = relax(core, u)
        idle += 1
        if now.saved < found.relaxed.saved:
            idle = 0 if found.relaxed.saved - now.saved > 1e-4 * gap else idle
            found.relaxed, found.u = now, u
        if idle >= rule.patience:
            scale, idle, u, now = scale / 2, 0, found.u, found.relaxed
    return found


def _offer(core: Core, found: Ascent, chosen: Mask) -> None:
    """Keep a choice that saves more than the best so far."""
    saved = core.saved(chosen)
    if saved > found.saved:
        found.chosen, found.saved = chosen, saved
