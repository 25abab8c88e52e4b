"""The page of a decision: its numbers are the checker's, its names are text, and it works in a browser."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import atoopt
from atoopt.base.errors import InputError
from atoopt.cli import main
from atoopt.stock import Costs, Product, StockInstance
from tests.browser import needs_chromium
from tests.study.test_report import HOSTILE

STOCK, POLICY = "instances/stock/uniform-5.json", "instances/policy/plates-12.json"
NAMES = (*HOSTILE[:2], "=1+1", "\u202eright to left", "x" * 200, "line\nbreak", '"quoted"')


def hostile() -> StockInstance:
    """Return an instance whose every name tries to be something else."""
    names = tuple(dict.fromkeys(NAMES))
    products = [Product(components=names[: k + 2], demand=k + 1, name=f"{name}!") for k, name in enumerate(names[:-1])]
    costs = Costs(preassembly=1, fixed_transport=0.4, variable_transport=0.1, final_assembly=10)
    return StockInstance(
        name=names[0], components=names, products=tuple(products), costs=costs, max_mean_assembly_time=0.5
    )


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Write the pages of a stock, a policy and hostile names, each with a curve."""
    folder, found = tmp_path_factory.mktemp("pages"), {}
    for name, instance in (("stock", atoopt.load(STOCK)), ("policy", atoopt.load(POLICY)), ("hostile", hostile())):
        found[name] = folder / f"{name}.html"
        result, front = atoopt.solve(instance, "milp"), atoopt.pareto(instance, points=6)
        atoopt.report(instance, result, [front], found[name])
    return found


def cells(text: str, table: str) -> list[list[str]]:
    """Return the texts of a table's rows."""
    body = re.search(rf'id="{table}">.*?<tbody>(.*?)</tbody>', text, re.DOTALL)
    assert body is not None
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in body[1].split("</tr>")[:-1]]


def test_every_number_of_a_stock_is_the_evaluators(pages: dict[str, Path]) -> None:
    """Cost, its terms, use, times, bound."""
    text, instance = pages["stock"].read_text("utf-8"), atoopt.load(STOCK)
    best = atoopt.solve(instance, "milp")
    stock, use = best.solution, best.solution.usage()
    assert f"That costs {stock.cost:.6g}, and the mean final assembly takes {stock.mean_assembly_time:.4g}" in text
    assert [row[1] for row in cells(text, "costs")] == [f"{v:.6g}" for v in (*stock.costs.values(), stock.cost)]
    shown = {row[0]: row[2] for table in ("modules", "singles") for row in cells(text, table)}
    assert shown == {" + ".join(instance.names(mask)): f"{use[mask]:.1%}" for mask in stock.masks}
    held = sum(float(row[3]) for table in ("modules", "singles") for row in cells(text, table))
    assert held == pytest.approx(stock.cost - stock.costs["final_assembly"])
    shares = re.findall(r'<span style="[^"]*"></span>(.*?)</div>', text)
    assert shares == [f"{share:.1%}" for share in stock.time_distribution().values()]
    assert "No stock that keeps the limits is better: that is proven." in text
    told = json.loads(re.search(r'id="data">(.*?)</script>', text)[1])
    front = atoopt.pareto(instance, points=6)
    assert [f"cost {cost:.6g}, mean assembly time {time:.4g}" in head for (cost, time), (head, _) in zip(
        front.values[::-1], told, strict=True)] == [True] * len(front)  # fmt: skip


def test_every_number_of_a_policy_is_the_evaluators(pages: dict[str, Path]) -> None:
    """Totals, hours of processes, parts."""
    text, policy = pages["policy"].read_text("utf-8"), atoopt.solve(atoopt.load(POLICY), "milp").solution
    assert [row[1] for row in cells(text, "totals")] == [f"{policy.pallets:.2f}", f"{policy.setup_hours:.2f}"]
    assert {row[0]: row[1] for row in cells(text, "hours")} == {j: f"{h:.1f}" for j, h in policy.process_hours.items()}
    assert {row[0] for row in cells(text, "orders")} == set(policy.moved)


def test_what_is_not_proven_is_not_said_to_be(tmp_path: Path) -> None:
    """A heuristic's page says that a better stock may exist; a bound's says how much could be saved."""
    instance = atoopt.load(STOCK)
    assert "a better one may exist" in atoopt.report(instance, atoopt.solve(instance, "module-size"))
    found = atoopt.solve(instance, "milp", candidates="at-most-2")
    assert "others may be" in atoopt.report(instance, found)


@needs_chromium
@pytest.mark.parametrize("name", ["stock", "policy", "hostile"])
def test_pages_work_in_a_browser(opened: Any, pages: dict[str, Path], name: str) -> None:
    """No message, error, request or dialog; a point that is picked is told of; nothing is wider than the screen."""
    shown = opened(pages[name])
    page = shown.page
    for i in range(page.locator("summary").count()):
        page.locator("summary").nth(i).click()
    assert page.locator(".curve .chosen").count() == 1
    heads = []
    for point in (page.locator(".curve .point").first, page.locator(".curve .point").last):
        point.focus()
        heads.append(page.locator("#picked b").text_content())
        assert heads[-1] == point.get_attribute("aria-label")
    assert len(set(heads)) == 2
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    if name == "hostile":
        texts = page.locator("#modules tbody th, #singles tbody th").all_text_contents()
        assert any("x" * 200 in text for text in texts) and any("=1+1" in text for text in texts)
        assert page.locator("main img, main script").count() == 0
    assert shown.faults == []


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From two files to a page; what does not fit is one line, exit status 2, nothing written."""
    files = {name: str(tmp_path / f"{name}.json") for name in ("result", "front", "policy")}
    page = str(tmp_path / "page.html")
    for command in (
        ["solve", STOCK, "--method", "milp", "-o", files["result"], "-q"],
        ["pareto", STOCK, "--any-time", "--points", "5", "-o", files["front"], "-q"],
        ["solve", POLICY, "-o", files["policy"], "-q"],
    ):
        assert main(command) == 0
    assert main(["report", STOCK, files["front"], files["result"], "-o", page]) == 0
    assert "breaks: mean_assembly_time" in Path(page).read_text("utf-8")  # --any-time goes beyond the limit
    Path(page).unlink()
    capsys.readouterr()
    data = json.loads(Path(files["result"]).read_text())
    (tmp_path / "false.json").write_text(json.dumps(data | {"objective": data["objective"] / 2}))
    for words in (
        [STOCK, files["policy"]], [STOCK, files["front"]], [STOCK, files["result"], files["result"]],
        [POLICY, files["result"]], [STOCK, str(tmp_path / "false.json")],
        [STOCK, files["result"], str(tmp_path / "none.json")],
    ):  # fmt: skip
        assert main(["report", *words, "-o", page]) == 2
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1), err
        assert not Path(page).exists()
    assert main(["report", STOCK, files["result"], "-o", str(tmp_path / "page.csv")]) == 2
    with pytest.raises(InputError, match="is int; give a result of"):
        atoopt.report(atoopt.load(STOCK), 3)
