"""The assignment relaxation as data: what a saved operation saves, what a module costs, which limits couple them.

With every product built from single components, a module M used for product k saves s_M = |M| - 1
operations. The problem is to minimize

    constant + sum_M c_M y_M - reward * sum_kM p_k s_M x_kM
    with  sum_{M contains i} x_kM <= 1      for each product k and component i of it    (dual u_ki >= 0)
          sum_kM weight_rk s_M x_kM >= need_r   for each limit r on the saved operations    (dual lambda_r >= 0)
          sum_M y_M <= module limit                                                     (dual mu >= 0)
          0 <= x_kM <= y_M <= 1,

and c_M = fixed_cost + component_cost |M| on both cost bases. Products of fewer than two components need no
operation and are left out.

Where a share of the demand is to be in time, a product k that must save r_k operations for that has a copy, which
stands for the part z_k of it that is in time, with builds x' of its own, since what is late helps nothing:

          sum_{M contains i} x'_kM <= z_k       for each component i of it            (dual u'_ki >= 0)
          sum_M s_M x'_kM >= r_k z_k                                                  (dual omega_k >= 0)
          sum_k p_k z_k >= need,   0 <= z_k <= 1,   0 <= x'_kM <= y_M                  (dual lambda >= 0).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atoopt.stock.cost import ROUNDING, Limits, cost_equation, limits_of
from atoopt.stock.instance import StockInstance

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

NO_LIAISONS = np.zeros((0, 0), dtype=np.bool_)
"""Stands for a graph in which every set is connected."""


@dataclass(frozen=True)
class Relaxation:
    """The data above; n products of two or more components that are sold, copies included, q components.

    Attributes
    ----------
    instance : StockInstance
    products : (n,) array of int
        Positions in ``instance.products``; copies come last.
    has : (n, q) array of bool
    liaisons : (q, q) array of bool
        Which components have a liaison; (0, 0) where modules need not be connected.
    row : (n, q) array of int
        Position of the dual u_ki, -1 where product k has no component i.
    n_rows : int
    shares : (n,) array
        p_k.
    saving : (n,) array
        What a saved operation saves in cost: reward p_k, for products or else for their copies, never for both.
    required : (copies,) array
        r_k, the operations that a product must save to be in time.
    constant, reward, fixed_cost, component_cost : float
    limit_weight : (limits, n) array
    limit_need : (limits,) array
        Of the mean assembly time, then of the delivery ratio, as far as there are such limits.
    module_limit : int
        The most modules of several components in stock; -1 for no limit.
    """

    instance: StockInstance
    products: Ints
    has: Flags
    liaisons: Flags
    row: Ints
    n_rows: int
    shares: Floats
    saving: Floats
    required: Floats
    constant: float
    reward: float
    fixed_cost: float
    component_cost: float
    limit_weight: Floats
    limit_need: Floats
    module_limit: int

    def module_cost(self, size: int) -> float:
        """c_M of a module of this many components."""
        return self.fixed_cost + self.component_cost * size

    @property
    def trivial_bound(self) -> float:
        """A bound without any computation: no module is paid for, and no operation is left; no cost is negative."""
        return max(0.0, self.constant - float(np.maximum(self.saving, 0.0) @ (self.has.sum(axis=1) - 1)))

    @property
    def n_sold(self) -> int:
        """How many products there are without their copies: the position of the first copy."""
        return self.shares.size - self.required.size

    def by_row(self, values: Floats) -> Floats:
        """Return, for each row (product, component), the value of its product."""
        return np.repeat(values, self.has.sum(axis=1))

    def operation_value(self, limits: Floats, copies: Floats) -> Floats:
        """rho_k, what one saved operation is worth at the duals of the limits and, for copies, omega; shape (n,)."""
        value: Floats = self.saving + limits @ self.limit_weight
        value[self.n_sold : self.n_sold + copies.size] += copies
        return value


def relax(instance: StockInstance) -> Relaxation:
    """Return the relaxation of an instance, valid for every stock that it allows.

    By usage a product may pay for pre-assembly what it saves in final assembly: `reward` is then below 0,
    and as the relaxation lets a product use more pieces than it must, it remains a relaxation only.

    Examples
    --------
    >>> import atoopt
    >>> relax(atoopt.load("instances/stock/uniform-5.json")).trivial_bound
    12.0
    """
    sold = np.flatnonzero((instance.product_sizes > 1) & (instance.shares > 0))  # shares can underflow
    cost, limits = cost_equation(instance), limits_of(instance).looser(ROUNDING)
    required = np.maximum(instance.product_sizes[sold] - 1.0 - limits.latest, 0.0)
    late = np.flatnonzero(required > 0)
    products = np.concatenate([sold, sold[late]])
    q = instance.n_components
    masks = [instance.product_masks[k] for k in products.tolist()]
    has = np.array([[mask >> i & 1 for i in range(q)] for mask in masks], dtype=bool).reshape(len(masks), q)
    row = np.full(has.shape, -1, dtype=np.int64)
    row[has] = np.arange(int(has.sum()))
    operations = float(instance.shares[sold] @ (instance.product_sizes[sold] - 1))
    weight, need = _limits(instance, limits, sold, late, operations)
    # Where saving costs, it is paid where it is needed: only copies save anything if the mean is not limited.
    by_copies = cost.saving_costs and instance.max_mean_assembly_time is None
    pays = (np.arange(products.size) >= sold.size) == by_copies
    return Relaxation(
        instance=instance, products=products, has=has, liaisons=_liaisons(instance), row=row, n_rows=int(has.sum()),
        shares=instance.shares[products],
        saving=np.where(pays, cost.per_operation * instance.shares[products], 0.0), required=required[late],
        constant=cost.base + cost.per_operation * operations, reward=cost.per_operation,
        fixed_cost=cost.per_module - cost.per_join, component_cost=cost.per_join,
        limit_weight=weight, limit_need=need,
        module_limit=-1 if np.isinf(limits.modules) else max(0, int(limits.modules)),
    )  # fmt: skip


def _liaisons(instance: StockInstance) -> Flags:
    """Return the liaisons as a table of pairs."""
    if instance.neighbors is None:
        return NO_LIAISONS
    places = range(instance.n_components)
    return np.array([[bool(around >> i & 1) for i in places] for around in instance.neighbors])


def _limits(
    instance: StockInstance, limits: Limits, sold: Ints, late: Ints, operations: float
) -> tuple[Floats, Floats]:
    """Return the limits: of the mean assembly time on what products save, of the delivery ratio on their copies."""
    shares = instance.shares[sold]
    weight, need = [], []
    if instance.max_mean_assembly_time is not None:
        weight.append(np.concatenate([shares, np.zeros(late.size)]))
        need.append(operations - limits.operations)
    if instance.delivery_ratio is not None:
        weight.append(np.zeros(sold.size + late.size))
        at_once = float(instance.shares.sum() - shares[late].sum())
        need.append(limits.share - at_once)
    return np.array(weight).reshape(len(weight), sold.size + late.size), np.array(need, dtype=np.float64)
