"use strict";
(async () => {
  const bytesOf = (id) => Uint8Array.from(atob(document.getElementById(id).textContent), (letter) => letter.charCodeAt(0));
  const unpacked = async (id) => {
    const stream = new Blob([bytesOf(id)]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  };
  if (!("DecompressionStream" in window)) {
    document.querySelector(".lead").textContent += " To see pictures and tables, open this page in a browser of 2023 or later.";
    return;
  }
  const data = await unpacked("data");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const narrow = window.matchMedia("(max-width: 600px)");

  // pictures

  const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
  const merged = (one, other) => {
    const found = { ...one };
    for (const [key, value] of Object.entries(other)) {
      found[key] = isObject(value) && isObject(found[key]) ? merged(found[key], value) : value;
    }
    return found;
  };

  const look = (traces) => {
    const css = getComputedStyle(document.documentElement);
    const text = css.getPropertyValue("--text").trim(), line = css.getPropertyValue("--line").trim();
    const axis = { gridcolor: line, zerolinecolor: line, linecolor: line };
    const entries = new Set(traces.filter((t) => t.showlegend !== false).map((t) => t.name)).size;
    const legend = narrow.matches
      ? { orientation: "h", x: 0, y: -0.22, yanchor: "top", font: { size: 11 } }
      : { x: 1.02, y: 1, font: { size: 12 } };
    const margin = narrow.matches ? { l: 44, r: 8, t: 12, b: 44 } : { l: 56, r: 16, t: 16, b: 48 };
    const base = {
      font: { family: "system-ui, sans-serif", size: narrow.matches ? 11 : 13, color: text },
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      colorway: [], margin, legend, xaxis: axis, yaxis: axis, hovermode: "closest",
    };
    return { base, extra: narrow.matches ? 20 * Math.min(entries, 12) : 0 };
  };

  const draw = (id) => {
    const figure = data.figures[id], select = document.querySelector(`select[data-for="${id}"]`);
    const choice = figure.choices[select ? Number(select.value) : 0];
    const { base, extra } = look(choice.traces);
    let layout = merged(merged(base, figure.layout), choice.layout);
    if (narrow.matches) layout = merged(layout, figure.narrow);
    layout.height += layout.showlegend === false ? 0 : extra;
    const config = { responsive: true, displaylogo: false, displayModeBar: narrow.matches ? false : "hover" };
    return Plotly.react(id, structuredClone(choice.traces), structuredClone(layout), config);
  };

  const drawAll = () => Promise.all(Object.keys(data.figures).map(draw));

  for (const select of document.querySelectorAll("figure select[data-for]")) {
    select.addEventListener("change", () => draw(select.dataset.for));
  }

  // tables

  const escaped = (text) => String(text)
    .replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;").replace(/'/g, "&#39;");
  const digits = (value) => {
    if (value === null) return "–";
    if (Number.isInteger(value)) return String(value);
    return Math.abs(value) >= 1e4 && Math.abs(value) < 1e15 ? value.toFixed(0) : String(Number(value.toPrecision(4)));
  };

  // A table looks its texts up as markup, also to filter them: they are given escaped for both.
  const rendered = {
    text: (value, type) => (type === "sort" || type === "type" ? String(value ?? "") : escaped(value ?? "")),
    number: (value, type) => (type === "display" ? digits(value) : value ?? -Infinity),
    percent: (value, type) => {
      if (type !== "display") return value ?? -Infinity;
      return value === null ? "–" : `${digits(100 * value)} %`;
    },
    log: (value, type) => {
      if (type !== "display") return value ?? -1;
      return value === null ? "" : `<button type="button" class="log" data-log="${Number(value)}">log</button>`;
    },
  };

  const addFilters = (table, id, grid) => {
    const place = document.querySelector(`.filters[data-for="${id}"]`);
    grid.columns.forEach((column, i) => {
      const values = [...new Set(grid.rows.map((row) => row[i] ?? ""))].sort();
      if (!column.filter || values.length < 2) return;
      const label = document.createElement("label"), select = document.createElement("select");
      label.append(column.title, select);
      [["all", ""], ...values.map((value, n) => [value, String(n)])].forEach(([text, n]) => {
        const option = document.createElement("option");
        option.textContent = text.length > 60 ? `${text.slice(0, 59)}…` : text;
        option.value = n;
        select.append(option);
      });
      select.addEventListener("change", () => {
        const wanted = select.value === "" ? null : values[Number(select.value)];
        const pattern = wanted === null ? "" : `^${wanted.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`;
        table.column(i).search(pattern, true, false, false).draw();
      });
      place.append(label);
    });
  };

  const makeTable = (DataTable, id, grid) => {
    const low = grid.columns.findIndex((column) => column.title === "CPU / wall");
    const columns = grid.columns.map((column, i) => ({
      data: i, render: rendered[column.kind], type: column.kind === "text" ? "string" : "num",
      className: column.kind === "text" ? "text" : "dt-right", orderable: column.kind !== "log",
      searchable: column.kind === "text",
    }));
    const table = new DataTable(`#${id}`, {
      data: grid.rows, columns, order: [], deferRender: true, autoWidth: false,
      paging: grid.paged && grid.rows.length > 15, pageLength: 15, lengthMenu: [15, 50, 200],
      searching: true, info: grid.rows.length > 15,
      layout: {
        topStart: grid.rows.length > 15 ? "pageLength" : null, topEnd: grid.rows.length > 15 ? "search" : null,
        bottomStart: grid.rows.length > 15 ? "info" : null, bottomEnd: grid.rows.length > 15 ? "paging" : null,
      },
      createdRow: (row, values) => {
        grid.columns.forEach((column, i) => {
          if (column.kind === "text" && String(values[i] ?? "").length > 24) row.cells[i].title = values[i];
        });
        if (low >= 0 && values[low] !== null && values[low] < 0.9) row.cells[low].classList.add("low");
      },
    });
    addFilters(table, id, grid);
  };

  const loadTables = async () => {
    const url = URL.createObjectURL(new Blob([bytesOf("datatables")], { type: "text/javascript" }));
    const module = await import(url);
    URL.revokeObjectURL(url);
    const DataTable = module.DataTable ?? module.default;
    for (const [id, grid] of Object.entries(data.grids)) makeTable(DataTable, id, grid);
  };

  // logs

  let logs = null;
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button.log");
    if (!button) return;
    logs ??= await unpacked("logs");
    const cells = [...button.closest("tr").cells].slice(0, 5).map((cell) => cell.textContent);
    const dialog = document.getElementById("log");
    dialog.querySelector("h2").textContent = cells.join(", ");
    dialog.querySelector("pre").textContent = logs[Number(button.dataset.log)];
    dialog.showModal();
  });

  const theme = () => document.documentElement.classList.toggle("dark", dark.matches);
  dark.addEventListener("change", () => { theme(); drawAll(); });
  narrow.addEventListener("change", drawAll);
  theme();
  Promise.all([drawAll(), loadTables()]).then(() => { document.documentElement.dataset.ready = "yes"; });
})();
