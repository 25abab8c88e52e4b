"""The page in a real browser: nothing is asked of the net, nothing fails, tables and pictures work, names are text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from atoopt.study.data import StudyData
from atoopt.study.report.page import LARGEST, write_page
from tests.browser import needs_chromium
from tests.study.tables import synthetic
from tests.study.test_report import HOSTILE

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def plain_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the page of a study with solve and pareto, compared with itself."""
    path = tmp_path_factory.mktemp("page") / "plain.html"
    study = synthetic(["pattern", "scip", "cbc"], [f"sparse-{i}" for i in range(10)])
    write_page(study, path, old=study)
    return path


@pytest.fixture(scope="module")
def hostile_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the page of a study whose every text tries to be something else."""
    path = tmp_path_factory.mktemp("page") / "hostile.html"
    study = synthetic(HOSTILE, HOSTILE, seeds=2)
    info = {**study.info, "name": HOSTILE[1], "command": HOSTILE[0], "machine": {HOSTILE[0]: HOSTILE[1]}}
    runs = study.runs.assign(message=HOSTILE[0], solver=HOSTILE[1], started=HOSTILE[2])
    wrong = (runs["method"] == HOSTILE[0]) & (runs["instance"] == HOSTILE[0]) & (runs["task"] == "solve")
    runs.loc[wrong, ["status", "reason"]] = ["wrong", f"wrong: {HOSTILE[1]}"]
    logs = dict.fromkeys(study.logs, f"{HOSTILE[0]}\n{HOSTILE[1]}\ud800")
    write_page(StudyData(runs, study.trajectories, study.fronts, logs, info), path, old=study)
    return path


def test_page_is_whole(opened: Any, plain_page: Path) -> None:
    """No message, error or request; pictures have curves, tables rows, and nothing is wider than the screen."""
    assert plain_page.stat().st_size < LARGEST
    shown = opened(plain_page)
    page = shown.page
    plots = page.locator(".plot")
    assert plots.count() >= 12
    for i in range(plots.count()):
        plot = plots.nth(i)
        assert plot.locator(".main-svg").count() >= 1
        assert plot.locator("path.js-line, path.box, path.point").count() >= 1
        assert plot.bounding_box()["width"] <= page.viewport_size["width"]
    assert page.locator("table.matrix").count() >= 4
    grids = page.locator(".grid table.dataTable")
    assert grids.count() >= 4
    for i in range(grids.count()):
        assert grids.nth(i).locator("tbody tr").count() >= 1
    assert page.evaluate("document.documentElement.scrollWidth") == page.viewport_size["width"]
    assert shown.faults == []


def column(page: Any, title: str) -> list[str]:
    """Return the texts of a column of the table of runs, as shown."""
    script = """([title]) => { const table = document.getElementById("runs-table");
      const i = [...table.tHead.rows[0].cells].findIndex((cell) => cell.textContent.trim() === title);
      return [...table.tBodies[0].rows].map((row) => row.cells[i].textContent); }"""
    return page.evaluate(script, [title])


def test_tables_sort_filter_and_search(opened: Any, plain_page: Path) -> None:
    """A click on a head sorts numbers as numbers; lists and the search box leave what they say."""
    page = opened(plain_page).page
    head = page.locator("#runs-table thead th").filter(has_text="CPU seconds")
    head.click()
    page.wait_for_selector("#runs-table th[aria-sort=ascending]")
    rising = [float(text) for text in column(page, "CPU seconds")]
    assert rising == sorted(rising)
    head.click()
    page.wait_for_selector("#runs-table th[aria-sort=descending]")
    falling = [float(text) for text in column(page, "CPU seconds")]
    assert falling == sorted(falling, reverse=True)
    assert falling[0] > rising[-1]
    page.locator('.filters[data-for="runs-table"] label').filter(has_text="instance").locator("select").select_option(
        label="sparse-1"
    )
    assert set(column(page, "instance")) == {"sparse-1"}
    page.locator("#runs-table_wrapper input[type=search]").fill("scip")
    assert set(column(page, "method")) == {"scip"}


def test_logs_and_pick_lists(opened: Any, plain_page: Path) -> None:
    """The log of a run opens in the page; another instance can be picked, and is drawn."""
    shown = opened(plain_page)
    page = shown.page
    button = page.locator("#runs-table button.log").first
    button.click()
    dialog = page.locator("dialog#log")
    dialog.wait_for(state="visible")
    assert dialog.locator("pre").text_content().startswith("log of pattern on sparse-0")
    dialog.get_by_role("button", name="Close").click()
    assert not dialog.is_visible()
    name = page.locator("select[data-for^=trajectory]").get_attribute("data-for")
    before = page.evaluate("(id) => document.getElementById(id).data[0].y.join()", name)
    page.locator("select[data-for^=trajectory]").select_option(label="sparse-3")
    page.wait_for_function("([id, old]) => document.getElementById(id).data[0].y.join() !== old", arg=[name, before])
    assert shown.faults == []


def test_hostile_names_are_text(opened: Any, hostile_page: Path) -> None:
    """No dialog, no element that a name asks for, in tables, filters, pictures, hover texts, logs and lists."""
    shown = opened(hostile_page)
    page = shown.page
    made = "document.querySelectorAll('img, svg[onload], [onerror], a[href^=javascript], iframe').length"
    assert page.evaluate(made) == 0
    assert page.evaluate("document.scripts.length") == 5
    assert HOSTILE[0] in column(page, "instance")
    labels = page.locator(".plot text").all_text_contents()
    assert any(text.startswith("</script><sc") for text in labels)
    assert any("$x$" in text for text in labels)
    assert "<b>bold</b>" in labels
    assert page.locator(".plot .legendtext b, .plot a, .plot tspan[style*=bold]").count() == 0
    select = page.locator('.filters[data-for="runs-table"] label').filter(has_text="instance").locator("select")
    select.select_option(label=HOSTILE[0])
    assert set(column(page, "instance")) == {HOSTILE[0]}
    page.locator("#runs-table_wrapper input[type=search]").fill(HOSTILE[0][:10])
    page.locator("#runs-table thead th").filter(has_text="instance").click()
    page.wait_for_selector("#runs-table th[aria-sort=ascending]")
    assert set(column(page, "instance")) == {HOSTILE[0]}
    page.locator("#runs-table button.log").first.click()
    page.locator("dialog#log").wait_for(state="visible")
    assert HOSTILE[1] in page.locator("dialog#log pre").text_content()
    page.keyboard.press("Escape")
    for plot in ("trajectory", "fronts"):
        box = page.locator(f".plot[id^={plot}] .nsewdrag")
        box.scroll_into_view_if_needed()
        box.hover()
    page.locator("select[data-for^=fronts]").select_option(index=2)
    assert page.evaluate(made) == 0
    assert page.locator("#alarms li").first.text_content().count("<script>") == 1
    assert page.title() == HOSTILE[1]
    assert shown.faults == []


def test_dark_pages(browser: Any, plain_page: Path, tmp_path: Path) -> None:
    """In a dark surrounding, page and pictures are dark, and texts are light."""
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(plain_page.as_uri())
    page.wait_for_selector("html[data-ready=yes]", timeout=60_000)
    back = page.evaluate("getComputedStyle(document.body).backgroundColor")
    text = page.evaluate("document.querySelector('.plot').layout.font.color")
    assert max(int(part) for part in back.removeprefix("rgb(").removesuffix(")").split(",")) < 64
    assert int(text.removeprefix("#")[:2], 16) > 200
    context.close()
