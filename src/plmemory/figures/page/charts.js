// Curves of a table: a panel is one Vega-Lite chart, all panels of a figure share one legend.
"use strict";

page.charts = {
  MOST: 24, // panels
  PLAIN: { color: "#0072B2", dash: [1, 0], shape: "circle", hollow: false },
  DASHES: [[1, 0], [6, 3], [2, 2], [8, 2, 2, 2], [1, 4], [12, 4]],

  combined: (names, row) => JSON.stringify(names.map((name) => row[name])),

  /** Rows of the table as objects, those that a chart shows. */
  records(columns, where) {
    const names = Object.keys(columns);
    const all = columns[names[0]].map((_, place) =>
      Object.fromEntries(names.map((name) => [name, columns[name][place]])),
    );
    const wanted = Object.entries(where);
    return all.filter((row) => wanted.every(([name, words]) => words.includes(page.word(row[name]))));
  },

  /** Those of some columns that have several values among the rows. */
  varying: (names, rows) => names.filter((name) => new Set(rows.map((row) => row[name])).size > 1),

  label(names, row, looks) {
    const one = (name) => looks[name]?.[page.word(row[name])]?.label ?? `${name} ${page.short(row[name])}`;
    return names.map(one).join(", ");
  },

  /** The curves of a chart: name, colour and dashes of each, in the order of the table. */
  series(chart, rows, looks) {
    const told = page.charts.varying(chart.by, rows);
    const [first, ...others] = told.length ? told : chart.by;
    const found = new Map();
    const seen = [];
    for (const row of rows) {
      const key = page.charts.combined(chart.by, row);
      if (found.has(key)) continue;
      const second = page.charts.combined(others, row);
      if (!seen.includes(second)) seen.push(second);
      const look = looks[first]?.[page.word(row[first])] ?? page.charts.PLAIN;
      const dash = told.length > 1 ? page.charts.DASHES[seen.indexOf(second) % page.charts.DASHES.length] : look.dash;
      found.set(key, { ...look, dash, label: page.charts.label(told, row, looks) || "measured" });
    }
    return found;
  },

  panels(chart, rows, looks) {
    const told = page.charts.varying(chart.panels, rows);
    const keys = [...new Set(rows.map((row) => page.charts.combined(chart.panels, row)))];
    const groups = keys.map((key) => rows.filter((row) => page.charts.combined(chart.panels, row) === key));
    return groups.flatMap((group) =>
      chart.y.map((y) => ({ y, rows: group, title: page.charts.label(told, group[0], looks) })),
    );
  },

  /** The points of a panel; what has no place on its axes is left out. */
  points(chart, panel, series, axes) {
    const placed = (column, value) =>
      typeof value === "number" && !(chart.log.includes(column) && value <= 0);
    const theory = chart.theory[panel.y];
    const digits = (value) => page.short(value, 5);
    return panel.rows.flatMap((row) => {
      const { label, color } = series.get(page.charts.combined(chart.by, row));
      const x = row[chart.x];
      if (!placed(chart.x, x)) return [];
      const [y, line, error] = [row[panel.y], theory && row[theory], row[`${panel.y}_sem`]];
      const point = { key: label, color, x, curve: label, [axes[chart.x]]: digits(x) };
      if (placed(panel.y, y)) {
        point.y = y;
        const sure = typeof error === "number" && placed(panel.y, y - error);
        if (sure) Object.assign(point, { low: y - error, high: y + error });
        point.value = typeof error === "number" ? `${digits(y)} ± ${digits(error)}` : digits(y);
      }
      if (placed(panel.y, line)) Object.assign(point, { line, theory: digits(line) });
      return "y" in point || "line" in point ? [point] : [];
    });
  },

  specification(chart, panel, series, points, axes) {
    const scale = (column) => (chart.log.includes(column) ? { type: "log" } : { zero: false });
    const listed = [...series.values()];
    const color = {
      field: "key",
      scale: { domain: listed.map((each) => each.label), range: listed.map((each) => each.color) },
      legend: null,
    };
    const by = (told) => ({ ...color, scale: { ...color.scale, range: listed.map(told) } });
    const symbols = { stroke: color, fill: color, shape: by((each) => each.shape), fillOpacity: { ...by((each) => (each.hollow ? 0 : 1)), type: "ordinal" } };
    const x = { field: "x", type: "quantitative", scale: scale(chart.x), title: axes[chart.x] };
    const y = { type: "quantitative", scale: scale(panel.y), title: axes[panel.y] };
    const has = (field) => points.some((point) => field in point);
    const told = [...new Set(points.flatMap(Object.keys))].filter((name) => !["key", "color", "x", "y", "low", "high", "line"].includes(name));
    const only = (field) => [{ filter: `isValid(datum.${field})` }];
    const layer = [];
    if (has("low")) {
      const band = { y: { ...y, field: "low" }, y2: { field: "high" }, color };
      layer.push({ transform: only("low"), mark: { type: "area", opacity: 0.2 }, encoding: band });
      layer.push({ transform: only("low"), mark: { type: "rule", opacity: 0.7 }, encoding: band });
    }
    if (has("line")) {
      const encoding = { y: { ...y, field: "line" }, color };
      layer.push({ transform: only("line"), mark: { type: "line", strokeWidth: 1, strokeDash: [2, 2] }, encoding });
    }
    if (has("y")) {
      const encoding = { y: { ...y, field: "y" }, color };
      layer.push({ transform: only("y"), mark: { type: "line", strokeWidth: 1.5 }, encoding: { ...encoding, strokeDash: by((each) => each.dash) } });
      const size = points.length > 60 * series.size ? 12 : 36;
      layer.push({ transform: only("y"), mark: { type: "point", size, opacity: 1 }, encoding: { y: encoding.y, ...symbols } });
    }
    // Whoever points near a symbol means it.
    const tooltip = told.map((field) => ({ field, type: "nominal" }));
    const near = { transform: [{ calculate: "isValid(datum.y) ? datum.y : datum.line", as: "at" }], mark: { type: "point", filled: true, size: 220, opacity: 0 }, encoding: { y: { ...y, field: "at" }, tooltip } };
    layer.push(near);
    return {
      width: "container",
      height: 210,
      autosize: { type: "fit", contains: "padding" },
      title: panel.title ? { text: panel.title, anchor: "start", fontSize: 12 } : undefined,
      data: { name: "points", values: points },
      encoding: { x },
      layer,
      config: {
        aria: false,
        background: null,
        font: "system-ui, sans-serif",
        view: { stroke: null },
        axis: { gridColor: "#e3e6e9", titleFontWeight: "normal", labelLimit: 80 },
        title: { fontWeight: "normal" },
      },
    };
  },

  /** Hide or show a curve in all panels of a chart. */
  toggle(button, label, hidden, views) {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    if (on) hidden.delete(label);
    else hidden.add(label);
    for (const { view, points } of views) {
      view.data("points", points.filter((point) => !hidden.has(point.key))).runAsync();
    }
  },

  async one(chart, data, place, name) {
    const rows = page.charts.records(data.columns, chart.where);
    const series = page.charts.series(chart, rows, data.looks);
    const [hidden, views] = [new Set(), []];
    const legend = page.made("div", { className: "legend", role: "group", ariaLabel: "Curves, shown or hidden" });
    const labels = new Map([...series.values()].map((each) => [each.label, each]));
    for (const each of labels.size > 1 ? labels.values() : []) {
      const swatch = page.made("span", { className: "swatch" });
      swatch.style.background = each.color;
      const button = page.made("button", { type: "button", ariaPressed: "true" }, swatch, each.label);
      button.onclick = () => page.charts.toggle(button, each.label, hidden, views);
      legend.append(button);
    }
    const grid = page.made("div", { className: "panels" });
    place.append(legend, grid);
    for (const panel of page.charts.panels(chart, rows, data.looks).slice(0, page.charts.MOST)) {
      const points = page.charts.points(chart, panel, series, data.axes);
      if (!points.length) continue;
      const title = [data.axes[panel.y], "against", data.axes[chart.x], panel.title].join(" ");
      const box = page.made("div", { className: "panel", role: "img", ariaLabel: `${name}: ${title.trim()}, ${points.length} points; all numbers are in the table` });
      grid.append(box);
      const specification = page.charts.specification(chart, panel, series, points, data.axes);
      const { view } = await vegaEmbed(box, specification, { actions: false, mode: "vega-lite", renderer: "svg" });
      box.querySelector("svg").setAttribute("aria-hidden", "true"); // the box tells what it is
      views.push({ view, points });
    }
  },

  async make(article) {
    const place = article.querySelector(".charts");
    const data = await page.of(article.dataset.figure);
    await page.script("lib/vega.js");
    place.append(page.made("p", { className: "hint" }, "Point at a symbol to read it; press a name to hide its curve. Bands and bars: ± 1 standard error; dotted lines: theory."));
    for (const chart of data.charts) await page.charts.one(chart, data, place, article.dataset.figure);
  },
};

page.opened("curves", page.charts.make);
