"""The assignment relaxation as data: what a saved operation is worth, what a module costs, which limits couple them.

With every product built from single components, a module M used for product k saves s_M = |M| - 1
operations. The problem is to minimize

    constant + sum_M c_M y_M - reward * sum_kM p_k s_M x_kM
    with  sum_{M contains i} x_kM <= 1      for each product k and component i of it    (dual u_ki >= 0)
          sum_kM weight_rk s_M x_kM >= need_r   for each limit r on the saved operations    (dual lambda_r >= 0)
          sum_M y_M <= room                                                             (dual mu >= 0)
          0 <= x_kM <= y_M <= 1,

and c_M = fixed + per_component |M| on both cost bases. Products of fewer than two components need no
operation and are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atoopt.stock.decomposition.pricing import NO_LIAISONS
from atoopt.stock.evaluate import max_operations_within
from atoopt.stock.formulation import SLACK
from atoopt.stock.instance import StockInstance

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Relaxation:
    """The data above; n products of two or more components that are sold, q components.

    Attributes
    ----------
    instance : StockInstance
    products : (n,) array of int
        Positions in ``instance.products``.
    has : (n, q) array of bool
    joined : (q, q) array of bool
        Which components have a liaison; (0, 0) where modules need not be connected.
    row : (n, q) array of int
        Position of the dual u_ki, -1 where product k has no component i.
    n_rows : int
    shares : (n,) array
        p_k.
    constant, reward, fixed, per_component : float
    weight : (limits, n) array
    need : (limits,) array
    room : int
        Modules of several components that may be held; -1 for no limit.
    """

    instance: StockInstance
    products: Ints
    has: NDArray[np.bool_]
    joined: NDArray[np.bool_]
    row: Ints
    n_rows: int
    shares: Floats
    constant: float
    reward: float
    fixed: float
    per_component: float
    weight: Floats
    need: Floats
    room: int

    def module_cost(self, size: int) -> float:
        """c_M of a module of this many components."""
        return self.fixed + self.per_component * size

    @property
    def trivial_bound(self) -> float:
        """A bound without any computation: no module is paid for, and no operation is left."""
        sizes = self.has.sum(axis=1)
        return self.constant - max(self.reward, 0.0) * float(self.shares @ (sizes - 1))

    def by_row(self, values: Floats) -> Floats:
        """Return, for each row (product, component), the value of its product."""
        return np.repeat(values, self.has.sum(axis=1))

    def worth(self, limits: Floats) -> Floats:
        """rho_k, what one saved operation of product k is worth at the duals of the limits, shape (n,)."""
        worth: Floats = self.reward * self.shares + limits @ self.weight
        return worth


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
    products = np.flatnonzero((instance.product_sizes > 1) & (instance.shares > 0))  # shares can underflow
    q, tau, c = instance.n_components, instance.time_per_operation, instance.costs
    masks = [instance.product_masks[k] for k in products.tolist()]
    has = np.array([[mask >> i & 1 for i in range(q)] for mask in masks], dtype=bool).reshape(len(masks), q)
    row = np.full(has.shape, -1, dtype=np.int64)
    row[has] = np.arange(int(has.sum()))
    shares = instance.shares[products]
    operations = float(shares @ (has.sum(axis=1) - 1))
    by_stock = instance.cost_basis == "stock"
    shipped = float(q) if by_stock else float(instance.shares @ instance.product_sizes)
    reward = c.final_assembly * tau - (0.0 if by_stock else c.preassembly)
    constant = c.fixed_transport * q + c.variable_transport * shipped + c.final_assembly * tau * operations
    weight, need = _limits(instance, products, has, shares, operations)
    return Relaxation(
        instance=instance, products=products, has=has, joined=_joined(instance), row=row, n_rows=int(has.sum()),
        shares=shares,
        constant=constant, reward=reward,
        fixed=c.fixed_transport - (c.preassembly if by_stock else 0.0),
        per_component=c.preassembly + c.variable_transport if by_stock else 0.0,
        weight=weight, need=need,
        room=-1 if instance.max_modules is None else max(0, instance.max_modules - q),
    )  # fmt: skip


def _joined(instance: StockInstance) -> NDArray[np.bool_]:
    """Return the liaisons as a table of pairs."""
    if instance.neighbors is None:
        return NO_LIAISONS
    places = range(instance.n_components)
    return np.array([[bool(around >> i & 1) for i in places] for around in instance.neighbors])


def _limits(
    instance: StockInstance, products: Ints, has: NDArray[np.bool_], shares: Floats, operations: float
) -> tuple[Floats, Floats]:
    """Return the limits on saved operations: mean assembly time, and the delivery ratio relaxed.

    A product that must save r_k operations to be in time is in time by at most the share saved / r_k.
    """
    weight, need = [], []
    limit, ratio = instance.max_mean_assembly_time, instance.delivery_ratio
    if limit is not None:
        most = limit / instance.time_per_operation
        weight.append(shares)
        need.append(operations - most - SLACK * max(1.0, most))
    if ratio is not None:
        missing = has.sum(axis=1) - 1 - max_operations_within(instance, ratio.max_assembly_time)
        late = missing > 0
        weight.append(np.where(late, shares / np.maximum(missing, 1), 0.0))
        at_once = float(instance.shares.sum() - shares[late].sum())
        need.append(ratio.min_share - at_once - SLACK)
    return np.array(weight).reshape(len(weight), len(products)), np.array(need, dtype=np.float64)
