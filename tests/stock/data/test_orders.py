"""Order histories become instances as the contract says, and every fault is named with its place."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import given

from atoopt.base.errors import InputError
from atoopt.stock import StockInstance
from atoopt.stock.data.generate import harness_orders
from atoopt.stock.data.orders import OrderImport, read_orders

CARS = Path(__file__).parents[4] / "shared" / "data" / "car_orders.csv"

WIDE = "roof,radio\nplain,yes\nglass,yes\nplain,no\nplain,yes\n"
BINARY = "glass,navi,tow\n1,0,0\n1,1,0\n0,0,0\n1,0,0\n"
LONG = "order,component,quantity\n7,x,1\n7,y,3\n8,x,1\n8,x,1\n9,y,0\n"


@pytest.fixture
def read(tmp_path: Path) -> Any:
    """Return a reader of orders given as text (or as bytes)."""

    def read(text: str | bytes, **options: Any) -> OrderImport:
        file = tmp_path / "orders.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_orders(file, **options)

    return read


def demands(instance: StockInstance) -> dict[frozenset[str], float]:
    """Return set of components -> demand."""
    return {frozenset(product.components): product.demand for product in instance.products}


# ---- the three layouts ----------------------------------------------------------------------------


def test_wide_makes_the_most_common_value_the_base(read: Any) -> None:
    """The most common value of a family is in every product; the others are components FAMILY=VALUE."""
    found = read(WIDE)
    assert found.instance.components == ("roof=glass", "radio=no")
    assert demands(found.instance) == {frozenset(): 2, frozenset(["roof=glass"]): 1, frozenset(["radio=no"]): 1}
    assert found.base == {"roof": "plain", "radio": "yes"}
    assert found.base_orders == 2


def test_wide_takes_the_base_that_is_given(read: Any) -> None:
    """--base FAMILY=VALUE overrides the most common value of that family only."""
    found = read(WIDE, base=["roof=glass"])
    assert found.base == {"roof": "glass", "radio": "yes"}
    assert found.instance.components == ("roof=plain", "radio=no")


def test_wide_without_base_makes_a_component_of_every_value(read: Any) -> None:
    """--no-base: every value becomes a component, and no order is empty."""
    found = read(WIDE, use_base=False)
    assert found.instance.components == ("roof=plain", "roof=glass", "radio=yes", "radio=no")
    assert found.base == {} and found.base_orders == 0
    assert demands(found.instance)[frozenset(["roof=plain", "radio=yes"])] == 2


def test_a_blank_cell_is_no_option_but_may_be_the_base(read: Any) -> None:
    """A blank cell means that nothing of the family is chosen, with or without a base."""
    text = "roof,tow\nplain,\nglass,fitted\nplain,\nplain, \n"
    assert read(text).base == {"roof": "plain", "tow": ""}
    assert read(text).instance.components == ("roof=glass", "tow=fitted")
    assert read(text, use_base=False).instance.components == ("roof=plain", "roof=glass", "tow=fitted")


def test_equally_common_values_make_the_smallest_text_the_base(read: Any) -> None:
    """A tie is broken by text, whatever the order of the rows."""
    assert read("a,b\n2,x\n10,x\n,y\n").base == {"a": "", "b": "x"}
    assert read("a,b\n2,x\n10,x\n3,y\n").base["a"] == "10"


def test_values_that_look_like_numbers_stay_texts(read: Any) -> None:
    """01, 1 and 1.0 are three values, and NA is one like any other."""
    found = read("engine,code\n1,NA\n01,nan\n1.0,NA\n1,NA\n")
    assert found.instance.components == ("engine=01", "engine=1.0", "code=nan")


def test_spaces_around_cells_and_quotes_do_not_count(read: Any) -> None:
    """Cells are compared without surrounding spaces; quoted cells may hold the separator and line ends."""
    found = read('roof , radio\n"glass, tinted",a\nplain,a \n plain , a\n"glass\nclear",b\n')
    assert found.instance.components == ("roof=glass\nclear", "roof=glass, tinted", "radio=b")


def test_binary_takes_the_columns_as_options(read: Any) -> None:
    """Components stand in the order of the columns; an option that no order holds is left out and said."""
    found = read(BINARY, layout="binary")
    assert found.instance.components == ("glass", "navi")
    assert demands(found.instance) == {frozenset(["glass"]): 2, frozenset(["glass", "navi"]): 1, frozenset(): 1}
    assert found.dropped == {"tow": 0} and found.orders_losing == 0
    assert any("no order holds them: 1, namely tow" in note for note in found.notes)


def test_long_takes_a_line_an_option(read: Any) -> None:
    """Quantity 0 is not there, more than one counts once and is said, and so is a repeated line."""
    found = read(LONG, layout="long")
    assert found.n_orders == 3
    assert found.instance.components == ("x", "y")
    assert demands(found.instance) == {frozenset(["x", "y"]): 1, frozenset(["x"]): 1, frozenset(): 1}
    assert (found.repeated_lines, found.quantities_above_one, found.base_orders) == (1, 1, 1)
    assert any("repeat" in note for note in found.notes)
    assert any("quantity above one" in note for note in found.notes)


@given(st.lists(st.sets(st.sampled_from("abcde")), min_size=1, max_size=12).filter(any))
def test_the_layouts_agree(tmp_path_factory: Any, orders: list[set[str]]) -> None:
    """The same orders in the three layouts give the same products and demands."""
    folder = tmp_path_factory.mktemp("orders")
    binary = pd.DataFrame([{c: int(c in order) for c in "abcde"} for order in orders])
    binary.to_csv(folder / "binary.csv", index=False)
    binary.replace({0: ""}).rename(columns=lambda c: f"is {c}").to_csv(folder / "wide.csv", index=False)
    lines = [(k, c, int(c in order)) for k, order in enumerate(orders) for c in "abcde"]
    pd.DataFrame(lines, columns=["order", "component", "quantity"]).to_csv(folder / "long.csv", index=False)
    expected = {members: float(n) for members, n in Counter(map(frozenset, orders)).items()}
    assert demands(read_orders(folder / "binary.csv", layout="binary").instance) == expected
    assert demands(read_orders(folder / "long.csv", layout="long").instance) == expected
    wide = read_orders(folder / "wide.csv", use_base=False).instance
    assert {frozenset(c[3] for c in s): n for s, n in demands(wide).items()} == expected


# ---- what is kept, dropped, added -----------------------------------------------------------------


def test_rare_options_are_dropped_and_said(read: Any) -> None:
    """An option of exactly the least share is kept; a rarer one is dropped, and its orders are counted."""
    rows = ["x"] * 6 + ["common"] * 3 + ["rare"]
    found = read("family\n" + "\n".join(rows), min_share=0.3)
    assert found.instance.components == ("family=common",)
    assert found.dropped == {"family=rare": 1}
    assert (found.orders_losing, found.base_orders) == (1, 7)
    assert any("lose at least one option: 1 (10.0%)" in note for note in found.notes)


def test_base_component_is_added_to_every_product(read: Any) -> None:
    """The body is the first component, in every product, so that no product is empty."""
    found = read(WIDE, base_component="body")
    assert found.instance.components[0] == "body"
    assert all("body" in product.components for product in found.instance.products)
    assert found.base_orders == 2


def test_order_of_components_and_products_is_fixed(read: Any) -> None:
    """Shuffled rows give the identical instance: order comes from counts and texts, not from rows."""
    frame = harness_orders(300, seed=5)
    one = read(frame.to_csv(index=False), name="x").instance
    other = read(frame.sample(frac=1.0, random_state=1).to_csv(index=False), name="x").instance
    assert one == other
    amounts = [product.demand for product in one.products]
    assert amounts == sorted(amounts, reverse=True)


def test_parameters_reach_the_instance(read: Any) -> None:
    """Costs, limit and name are those given; the file's name is the default."""
    found = read(WIDE, costs=(1, 0.4, 0.1, 20), max_mean_assembly_time=2, name="cars").instance
    assert (found.name, found.max_mean_assembly_time) == ("cars", 2.0)
    assert tuple(found.costs.model_dump().values()) == (1.0, 0.4, 0.1, 20.0)
    assert read(WIDE).instance.name == "orders"


def test_suspicious_identifier_column_is_said(read: Any) -> None:
    """A column with a value of its own in each row is refused as an identifier, or named as one if it is forced."""
    rows = "".join(f"{1000 + i},{i % 2}\n" for i in range(40))
    with pytest.raises(InputError, match='column "order_number" looks like an order number; give --drop order_number'):
        read("order_number,roof\n" + rows)
    found = read("order_number,roof\n" + rows, min_share=0.2, force=True)
    assert found.identifiers == ("order_number",)
    assert any("identifier" in note for note in found.notes)
    assert not read(WIDE).identifiers


def test_blank_lines_and_byte_order_mark_do_no_harm(read: Any) -> None:
    """Blank lines are passed over and said; a byte-order mark is no part of the first name."""
    found = read(b"\xef\xbb\xbf" + WIDE.replace("no\n", "no\n\n  \n").encode() + b"\n")
    assert found.n_orders == 4 and found.blank_lines == 3
    assert found.instance.components == ("roof=glass", "radio=no")


def test_other_separators(read: Any) -> None:
    """The separator may be any one character."""
    assert read(WIDE.replace(",", ";"), separator=";").instance == read(WIDE).instance


def test_more_than_64_options(read: Any) -> None:
    """Options beyond the 64th are kept apart like the first ones."""
    rows = "".join(f"v{i}\n" for i in range(100))
    found = read("family\n" + rows, use_base=False, force=True).instance
    assert found.n_components == 100 and found.n_products == 100
    assert sorted(found.product_masks) == [1 << i for i in range(100)]


def test_one_column_may_have_blank_cells(read: Any) -> None:
    """Empty quotes are a cell without an option, an order like any other; a line without anything is none."""
    found = read('roof\nplain\n""\n\nglass\n   \n"  "\nplain\n', use_base=False)
    assert (found.n_orders, found.blank_lines) == (5, 2)
    assert found.instance.components == ("roof=plain", "roof=glass")
    assert [(p.components, p.demand) for p in found.instance.products] == [
        ((), 2.0), (("roof=plain",), 2.0), (("roof=glass",), 1.0)
    ]  # fmt: skip
    with pytest.raises(InputError, match='line 3, column "roof": is blank'):
        read('roof\n1\n""\n', layout="binary")


def test_the_longest_cell_is_read(read: Any) -> None:
    """As long as the limit itself."""
    long = 131_072 * "x"
    assert read(f"roof\nplain\nplain\n{long}\n").instance.components == (f"roof={long}",)


# ---- faults ---------------------------------------------------------------------------------------

FAULTS: list[tuple[str, str | bytes, dict[str, Any], str]] = [
    ("empty file", "", {}, "orders.csv: is empty"),
    ("blank file", " \n\n", {}, "orders.csv: is empty"),
    ("header only", "a,b\n", {}, "has a header and no rows"),
    ("not UTF-8", b"a,b\n\xff\xfe,1\n", {}, "is not UTF-8"),
    ("zero byte", "a,b\n1,2\n1,\0\n", {}, "line 3: holds a zero byte"),
    ("blank first line", "\na,b\n1,2\n", {}, "line 1: is blank"),
    ("repeated column", "a,b,a\n1,2,3\n", {}, 'column 3: is named "a" like column 1'),
    ("repeated but for spaces", "a, a\n1,2\n", {}, "column 2"),
    ("column without name", "a,,c\n1,2,3\n", {}, "column 2: has no name"),
    ("too many cells", "a,b\n1,2\n1,2,3\n", {}, "line 3: has 3 cells where the header has 2"),
    ("too few cells", "a,b,c\n1,2,3\n\n1,2\n", {}, "line 4: has 2 cells where the header has 3"),
    ("every row too long", "a,b\n1,2,3\n4,5,6\n", {}, "line 2: has 3 cells"),
    ("open quote", 'a,b\n1,"2\n', {}, "line 2: is not CSV"),
    ("text after a quote", 'a,b\n1,"2"x\n', {}, "line 2: is not CSV"),
    ("text after a quote, what to do", 'a,b\n1,"2"x\n', {}, "write quotes inside a cell twice"),
    ("huge cell", "a,b\n1," + 131_073 * "x" + "\n", {}, "line 2: a cell has more than 131,072 characters; shorten it"),
    ("quote left open in a large file", 'a,b\n1,"2\n' + 70_000 * "1,2\n", {}, "close its quotes"),
    ("wrong separator", "a;b\n1;2\n", {"separator": ","}, "the cells seem separated by ';'"),
    ("separator of two signs", WIDE, {"separator": ",,"}, "separator: is ',,'"),
    ("not binary", "a,b\n1,0\n1,yes\n", {"layout": "binary"}, 'line 3, column "b": is "yes"'),
    ("blank binary cell", "a,b\n1,0\n\n0,\n", {"layout": "binary"}, 'line 4, column "b": is blank'),
    ("no 1 at all", "a,b\n0,0\n", {"layout": "binary"}, "no cell is 1"),
    ("long without order", "id,component\n1,x\n", {"layout": "long"}, 'header: no column "order"'),
    ("long without component", "order,part\n1,x\n", {"layout": "long"}, 'no column "component"'),
    ("long, unknown column", "order,component,color\n1,x,red\n", {"layout": "long"}, 'column "color" is not'),
    ("long, blank order", "order,component\n1,x\n,y\n", {"layout": "long"}, 'line 3, column "order": is blank'),
    ("long, blank component", "order,component\n1,\n", {"layout": "long"}, 'line 2, column "component": is blank'),
    ("negative quantity", LONG + "9,z,-1\n", {"layout": "long"}, 'line 7, column "quantity": is "-1"'),
    ("quantity no number", LONG + "9,z,two\n", {"layout": "long"}, 'column "quantity": is "two"'),
    ("quantity NaN", LONG + "9,z,nan\n", {"layout": "long"}, 'column "quantity": is "nan"'),
    ("quantity infinite", LONG + "9,z,inf\n", {"layout": "long"}, 'column "quantity": is "inf"'),
    ("quantity blank", LONG + "9,z,\n", {"layout": "long"}, 'column "quantity": is blank'),
    ("nothing there", "order,component,quantity\n1,x,0\n", {"layout": "long"}, "no order holds an option"),
    ("unknown family", WIDE, {"base": ["door=two"]}, 'base: no family "door"; choose among "roof", "radio"'),
    ("unknown value", WIDE, {"base": ["roof=red"]}, 'base: "red" is no value of family "roof"'),
    ("base without sign", WIDE, {"base": ["roof"]}, "base: is"),
    ("family twice", WIDE, {"base": ["roof=glass", "roof=plain"]}, 'family "roof" stands twice'),
    ("base and binary", BINARY, {"layout": "binary", "base": ["glass=1"]}, "base: has no meaning"),
    ("base and no base", WIDE, {"base": ["roof=glass"], "use_base": False}, "base: is given together"),
    ("share above 1", WIDE, {"min_share": 1.5}, "min_share: is 1.5"),
    ("share below 0", WIDE, {"min_share": -0.1}, "min_share: is -0.1"),
    ("share NaN", WIDE, {"min_share": float("nan")}, "min_share: is nan"),
    ("share out of reach", WIDE, {"min_share": 0.9}, "min_share: no option reaches the share 0.9"),
    ("all orders alike", "a,b\n1,2\n1,2\n", {}, "no order holds an option"),
    ("two options of one name", "a,a=b\nb=c,c\nx,x\nx,x\n", {}, 'two options are named "a=b=c"'),
    ("body is an option", BINARY, {"layout": "binary", "base_component": "navi"}, "base_component"),
    ("blank body", WIDE, {"base_component": " "}, "base_component: is blank"),
    ("three costs", WIDE, {"costs": (1, 2, 3)}, "costs: has 3 numbers"),
    ("negative cost", WIDE, {"costs": (1, -2, 3, 4)}, "costs: fixed_transport is -2"),
    ("cost NaN", WIDE, {"costs": (1, 2, 3, float("nan"))}, "costs: final_assembly is NaN"),
    ("negative limit", WIDE, {"max_mean_assembly_time": -1}, "max_mean_assembly_time: is -1"),
    ("infinite limit", WIDE, {"max_mean_assembly_time": float("inf")}, "max_mean_assembly_time: is inf"),
    ("unknown layout", WIDE, {"layout": "tall"}, 'layout: is "tall"; choose one of wide, binary, long'),
    ("empty name", WIDE, {"name": ""}, "name: is empty"),
]


@pytest.mark.parametrize(("text", "options", "said"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_fault_is_named(read: Any, text: str | bytes, options: dict[str, Any], said: str) -> None:
    """Each fault is an InputError of one line that names the place and a remedy."""
    with pytest.raises(InputError) as caught:
        read(text, **options)
    assert said in str(caught.value)
    assert caught.value.remedy and "\n" not in str(caught.value)


def test_missing_file_and_directory(tmp_path: Path) -> None:
    """A path that leads to no file is named."""
    with pytest.raises(InputError, match=r"none\.csv: does not exist"):
        read_orders(tmp_path / "none.csv")
    with pytest.raises(InputError, match="is a directory"):
        read_orders(tmp_path)


# ---- the real history -----------------------------------------------------------------------------


@pytest.mark.skipif(not CARS.exists(), reason="the real order history is not part of the project")
@pytest.mark.parametrize(("share", "components", "products"), [(0.10, 38, 295), (0.05, 56, 692), (0.01, 86, 892)])
def test_real_history(share: float, components: int, products: int) -> None:
    """The published counts of options and distinct products, the base product included."""
    found = read_orders(CARS, min_share=share)
    assert (found.n_orders, found.instance.n_components, found.instance.n_products) == (8252, components, products)
    assert sum(product.demand for product in found.instance.products) == 8252
    assert () in [product.components for product in found.instance.products]
