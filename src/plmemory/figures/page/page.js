// What the page does: figures enlarge, tables and charts are made when they are opened.
"use strict";

const page = {
  data: {}, // of figures, as promises
  waiting: {}, // for data that a script is to bring

  /** A script loaded once; its promise. */
  script(source) {
    page.scripts ??= {};
    return (page.scripts[source] ??= new Promise((done, failed) => {
      const tag = Object.assign(document.createElement("script"), { src: source });
      tag.onload = done;
      tag.onerror = () => failed(new Error(`${source} is not there`));
      document.head.append(tag);
    }));
  },

  /** The data of a figure, unpacked. */
  async of(name) {
    await page.script(`data/${encodeURIComponent(name)}.js`);
    return page.data[name];
  },

  /** Called by data/<figure>.js. */
  given(name, packed) {
    const bytes = Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    page.data[name] = new Response(stream).json();
  },

  /** Called by here/here.js: run times, and the runs beside this one. */
  here(told) {
    for (const [name, time] of Object.entries(told.seconds)) {
      const place = document.querySelector(`[data-figure="${CSS.escape(name)}"] .seconds`);
      if (place && time.jobs) {
        const own = `${time.own.toFixed(1)} s for its table and picture`;
        place.textContent = `${own}, ${time.behind.toFixed(1)} s for the ${time.jobs - 2} jobs behind it, which others may share`;
      }
    }
    if (Object.keys(told.runs).length) page.compare(told.runs);
  },

  /** Links to other runs, and buttons that show their numbers and figures beside ours. */
  compare(runs) {
    const place = document.getElementById("runs");
    place.hidden = false;
    place.append(page.made("span", {}, "Other runs:"));
    for (const [name, run] of Object.entries(runs)) {
      if (run.page) {
        const href = `../../${encodeURIComponent(name)}/page/index.html`;
        place.append(page.made("a", { href }, name));
      }
      const button = page.made("button", { type: "button", ariaPressed: "false" }, `Show ${name} beside`);
      button.onclick = () => {
        const on = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", String(on));
        page.beside(name, run, on);
      };
      place.append(button);
    }
  },

  beside(name, run, on) {
    const head = document.querySelector("table.verdicts thead tr");
    const mark = (cell) => Object.assign(cell, { className: "n other" }).setAttribute("data-run", name);
    if (on) {
      if (head) {
        const title = page.made("th", { scope: "col" }, `Ours, ${name}`);
        mark(title);
        head.append(title);
        for (const row of document.querySelectorAll("table.verdicts tbody tr")) {
          const cell = page.made("td", {}, run.verdicts[row.dataset.key] ?? "—");
          cell.dataset.label = `Ours, ${name}`;
          mark(cell);
          row.append(cell);
        }
      }
      for (const figure of run.figures) {
        const place = document.querySelector(`[data-figure="${CSS.escape(figure)}"] .beside`);
        if (!place) continue;
        const source = `../../${encodeURIComponent(name)}/figures/${encodeURIComponent(figure)}.svg`;
        const picture = page.made("img", { src: source, alt: `The same figure of the run ${name}` });
        const words = page.made("p", {}, `Run ${name}:`);
        const both = page.made("div", {}, words, picture);
        both.dataset.run = name;
        place.hidden = false;
        place.append(both);
      }
    } else {
      document.querySelectorAll(`[data-run="${CSS.escape(name)}"]`).forEach((each) => each.remove());
      document.querySelectorAll(".beside").forEach((each) => (each.hidden = !each.children.length));
    }
  },

  /** An element with properties and content. */
  made(kind, properties = {}, ...content) {
    const element = Object.assign(document.createElement(kind), properties);
    element.append(...content);
    return element;
  },

  /** A number to so many digits, anything else as a word. */
  short: (value, digits = 4) => (typeof value === "number" ? String(+value.toPrecision(digits)) : page.word(value)),

  /** A cell of a table as a word, as in the CSV file. */
  word: (value) => (value === null ? "" : String(value)),

  rows(columns) {
    const names = Object.keys(columns);
    return columns[names[0]].map((_, row) => names.map((name) => columns[name][row]));
  },

  csv(columns) {
    const quoted = (cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
    const line = (cells) => cells.map((cell) => quoted(page.word(cell))).join(",");
    return [line(Object.keys(columns)), ...page.rows(columns).map(line), ""].join("\n");
  },

  async table(article) {
    const { columns, meanings } = await page.of(article.dataset.figure);
    await page.script("lib/tables.js");
    const { default: DataTable } = await page.tables;
    const link = article.querySelector("a.csv");
    link.href = URL.createObjectURL(new Blob([page.csv(columns)], { type: "text/csv" }));
    const element = page.made("table", { className: "display compact" });
    article.querySelector(".numbers-table").append(element);
    const numeric = (name) => columns[name].every((cell) => cell === null || typeof cell !== "string" || /^-?inf$/.test(cell));
    const shown = (cell, type) => {
      if (cell === null) return "";
      if (type === "sort" && /^-?inf$/.test(cell)) return cell === "inf" ? Infinity : -Infinity;
      if (type !== "display") return cell;
      const text = page.short(cell, 6);
      return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
    };
    new DataTable(element, {
      data: page.rows(columns),
      columns: Object.keys(columns).map((name) => ({
        title: name,
        type: numeric(name) ? "num" : "string",
        className: numeric(name) ? "dt-right" : "dt-left",
        render: shown,
      })),
      order: [],
      pageLength: 10,
      deferRender: true,
      autoWidth: false,
      language: { search: "Filter:" },
    });
    for (const head of element.querySelectorAll("thead th")) {
      const meaning = meanings[head.textContent.trim()];
      if (meaning) head.title = meaning;
    }
  },

  /** Make the content of each <details> of a class when it is first opened. */
  opened(kind, make) {
    for (const details of document.querySelectorAll(`details.${kind}`)) {
      details.addEventListener("toggle", () => {
        if (details.open && !details.dataset.made) {
          details.dataset.made = "yes";
          make(details.closest("article")).catch((fault) => {
            details.append(page.made("p", { className: "missing" }, `Not shown: ${fault.message}`));
          });
        }
      });
    }
  },

  /** Figures enlarge by a click or a key; Escape closes. */
  enlarging() {
    const dialog = document.getElementById("large");
    for (const button of document.querySelectorAll("button.enlarge")) {
      button.onclick = () => {
        const [from, to] = [button.querySelector("img"), dialog.querySelector("img")];
        Object.assign(to, { src: from.src, alt: from.alt });
        dialog.showModal();
      };
    }
    dialog.onclick = (event) => event.target === dialog && dialog.close();
  },
};

// DataTables asks for the scheme by a class.
const dark = matchMedia("(prefers-color-scheme: dark)");
const colour = () => document.documentElement.classList.toggle("dark", dark.matches);
dark.addEventListener("change", colour);
colour();
page.opened("numbers", page.table);
page.enlarging();
