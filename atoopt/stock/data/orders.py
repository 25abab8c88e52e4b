"""Order history -> instance: the options that customers chose become components, equal orders one product."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from atoopt.base.errors import InputError
from atoopt.base.files import validated
from atoopt.base.raw.recognition import wrong_long, wrong_wide
from atoopt.base.raw.source import Source, file_of, read_source
from atoopt.base.raw.table import Table
from atoopt.stock.data.order_import import OrderImport
from atoopt.stock.data.order_layouts import Orders, read_binary, read_long, read_wide
from atoopt.stock.instance import Costs, Product, StockInstance

if TYPE_CHECKING:
    import pandas as pd

LAYOUTS = ("wide", "binary", "long")


def read_orders(
    table: str | os.PathLike[str] | pd.DataFrame,
    *,
    layout: str = "wide",
    min_share: float = 0.0,
    costs: Sequence[float] = (1.0, 2.0, 0.4, 10.0),
    max_mean_assembly_time: float | None = None,
    base: Sequence[str] = (),
    use_base: bool = True,
    base_component: str | None = None,
    name: str | None = None,
    force: bool = False,
    **keys: Any,
) -> OrderImport:
    """Read an order history from a table with a header: a CSV, Excel or Parquet file, or a DataFrame.

    Parameters
    ----------
    table : path or DataFrame
    layout : {"wide", "binary", "long"}
        *wide*: a row an order, a column an option family, the cell is the chosen value, blank for none.
        *binary*: a row an order, a column an option, 0 or 1. *long*: a row an option of an order, columns
        ``order``, ``component`` and optionally ``quantity`` (0: not there; above 1: counted as one).
    min_share : float
        Keep the options found in at least this share of all orders, 0 to 1; the others are dropped from
        the orders that hold them.
    costs : sequence of four floats
        alpha, beta, gamma, delta: pre-assembly, fixed transport, variable transport, final assembly.
    max_mean_assembly_time : float, optional
        T; None for no limit.
    base : sequence of str
        ``FAMILY=VALUE``: the value that is part of every product, and so no component, in place of the
        family's most common one (of equally common values, the smallest as text).
    use_base : bool
        False makes a component of every value (layout wide).
    base_component : str, optional
        A component of this name is added to every product: the body that options are assembled to.
    name : str, optional
        Of the instance; by default the file's name without its suffix.
    force : bool
        Read the table as it is told, whatever it looks like.
    **keys
        Fields of `atoopt.base.raw.source.Source`: ``columns``, ``drop``, ``rename``, ``demand``, ``date``, ``since``,
        ``until``, ``none``, ``separator``, ``decimal``, ``encoding``, ``sheet``; in place of `rename`, ``order_column``
        and ``component_column``. Further keys are of the instance: ``cost_basis``, ``max_modules``,
        ``delivery_ratio`` and others.

    Returns
    -------
    OrderImport
        Components stand in the order of the columns, a family's values (and all options of the layout
        long) the most frequent first, then by text; products by descending demand, then by components.

    Raises
    ------
    InputError
        The file or a parameter cannot be used; the message names place and remedy.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp(), "cars.csv")
    >>> _ = file.write_text("roof,radio\\nplain,yes\\nglass,yes\\nplain,no\\nplain,yes\\n")
    >>> imported = read_orders(file, max_modules=9)
    >>> imported.instance.components
    ('roof=glass', 'radio=no')
    >>> [(product.components, product.demand) for product in imported.instance.products]
    [((), 2.0), (('roof=glass',), 1.0), (('radio=no',), 1.0)]
    """
    _check_parameters(layout, min_share, max_mean_assembly_time, base, use_base, base_component)
    cost_terms, how = _check_costs(costs), _source(keys, layout)
    file = file_of(table)
    try:
        read, weights = read_source(table, how)
        _recognize(read, layout, weights is not None, force)
        orders = _orders(read, layout, base, use_base, weights, how.decimal)
        weight = np.ones(orders.chosen.shape[0]) if weights is None else weights
        counts, n_orders = orders.chosen.T @ weight, _plain(weight.sum())
        kept = (counts > 0) & (counts >= min_share * n_orders * (1 - 1e-12))
        _check_kept(orders, kept, counts / n_orders, min_share, base_component)
    except InputError as error:
        raise error.in_file(file) from None
    components, products = _products(orders, weight, kept, base_component)
    fields: dict[str, Any] = {
        "name": name if name is not None else Path(file).stem or "orders",
        "components": components,
        "products": products,
        "costs": cost_terms,
        "max_mean_assembly_time": max_mean_assembly_time,
        **keys,
    }
    n_body = len(components) - int(kept.sum())
    return OrderImport(
        instance=validated(StockInstance, fields),
        n_orders=n_orders,
        min_share=min_share,
        base=orders.base,
        dropped={orders.options[i]: _plain(counts[i]) for i in np.flatnonzero(~kept)},
        orders_losing=_plain(weight[orders.chosen @ (~kept).astype(np.int64) > 0].sum()),
        base_orders=_plain(sum(product.demand for product in products if len(product.components) == n_body)),
        repeated_lines=orders.repeated_lines,
        quantities_above_one=orders.quantities_above_one,
        blank_lines=read.blank_lines,
        identifiers=orders.identifiers,
        separator=read.separator,
    )


def _source(keys: dict[str, Any], layout: str) -> Source:
    """Return what is read of a table, and take it out of the keywords."""
    columns = {name: keys.pop(f"{name}_column", None) for name in ("order", "component")}
    for name, given in columns.items():
        if given is not None and layout != "long":
            raise InputError(f"has no meaning for layout {layout}", "give --layout long", place=f"{name}_column")
    rename = {given: name for name, given in columns.items() if given is not None}
    keys["rename"] = {**keys.get("rename", {}), **rename}
    return Source.taken_from(keys)


def _recognize(table: Table, layout: str, weighted: bool, force: bool) -> None:
    """Raise where a table looks like something else than it is read as."""
    if weighted and layout == "long":
        raise InputError("has no meaning for the layout long", "leave it out: lines are counted", place="demand")
    if force or layout == "binary":
        return
    wrong = wrong_long(table) if layout == "long" else wrong_wide(table, weighted)
    if wrong is not None:
        raise InputError(wrong.problem, f"{wrong.remedy} (--force reads it all the same)", place=wrong.place)


def _orders(
    table: Table, layout: str, base: Sequence[str], use_base: bool, weights: NDArray[np.float64] | None, decimal: str
) -> Orders:
    if layout == "wide":
        return read_wide(table, base, use_base, weights)
    return read_binary(table) if layout == "binary" else read_long(table, decimal)


def _check_parameters(
    layout: str,
    min_share: float,
    max_mean_assembly_time: float | None,
    base: Sequence[str],
    use_base: bool,
    base_component: str | None,
) -> None:
    """Refuse parameters without a meaning before the file is read."""
    if layout not in LAYOUTS:
        raise InputError(f'is "{layout}"', f"choose one of {', '.join(LAYOUTS)}", place="layout")
    if not 0 <= min_share <= 1:
        raise InputError(f"is {min_share:g}", "give a share from 0 to 1", place="min_share")
    if base and layout != "wide":
        problem = f'has no meaning for layout "{layout}"'
        raise InputError(problem, "leave it out, or use layout wide", place="base")
    if not use_base and layout != "wide":
        raise InputError(f'has no meaning for layout "{layout}"', "leave it out", place="use_base")
    if base and not use_base:
        raise InputError("is given together with no base", "leave one of the two out", place="base")
    if base_component is not None and not base_component.strip():
        raise InputError("is blank", "give a name", place="base_component")
    limit = max_mean_assembly_time
    if limit is not None and not 0 <= limit < np.inf:
        raise InputError(f"is {limit:g}", "give a number of at least 0", place="max_mean_assembly_time")


def _check_costs(costs: Sequence[float]) -> Costs:
    """Return the four numbers as costs."""
    if len(costs) != 4:
        remedy = "give pre-assembly, fixed transport, variable transport, final assembly"
        raise InputError(f"has {len(costs)} numbers", remedy, place="costs")
    try:
        return validated(Costs, dict(zip(Costs.model_fields, map(float, costs), strict=True)))
    except InputError as error:
        raise InputError(f"{error.place} {error.problem}", error.remedy, place="costs") from None


def _check_kept(
    orders: Orders,
    kept: NDArray[np.bool_],
    shares: NDArray[np.float64],
    min_share: float,
    base_component: str | None,
) -> None:
    """Raise where no option is left, or where one has the name of the base component."""
    if not shares.any():
        remedy = "add orders that hold some"
        if orders.base:
            remedy = "add orders that differ, or make every value a component (no base)"
        raise InputError("no order holds an option", remedy, place="all rows")
    if not kept.any():
        problem = f"no option reaches the share {min_share:g} of the orders, the most frequent has {shares.max():.4g}"
        raise InputError(problem, "lower the share", place="min_share")
    if base_component in orders.options:
        problem = f'"{base_component}" is an option too'
        raise InputError(problem, "choose another name", place="base_component")


def _plain(number: float) -> int | float:
    """Return a number of orders: whole where it is."""
    return int(number) if float(number).is_integer() else float(number)


def _products(
    orders: Orders, weight: NDArray[np.float64], kept: NDArray[np.bool_], base_component: str | None
) -> tuple[tuple[str, ...], list[Product]]:
    """Return the components, and each distinct set of kept options with the number of its orders."""
    options, chosen = orders.options, orders.chosen
    body = () if base_component is None else (base_component,)
    names = [option for option, keep in zip(options, kept.tolist(), strict=True) if keep]
    rest = csr_array(chosen[:, np.flatnonzero(kept)])
    rest.sort_indices()
    positions, start = rest.indices.astype(np.int32), rest.indptr.tolist()
    demand: dict[bytes, float] = {}
    for k in range(rest.shape[0]):
        key = positions[start[k] : start[k + 1]].tobytes()
        demand[key] = demand.get(key, 0.0) + float(weight[k])
    sets = sorted((-n, np.frombuffer(key, dtype=np.int32).tolist()) for key, n in demand.items())
    products = [Product(components=(*body, *(names[i] for i in s)), demand=float(-n)) for n, s in sets]
    return (*body, *names), products
