// Pictures of a table whose rows are pixels, leafed through one by one.
"use strict";

page.galleries = {
  /** The rows of each picture, by leaf and by what stands beside what. */
  leaves(gallery, rows) {
    const found = new Map();
    for (const row of rows) {
      const leaf = JSON.stringify(gallery.leaf.map((name) => row[name]));
      const side = gallery.beside ? page.word(row[gallery.beside]) : "";
      if (!found.has(leaf)) found.set(leaf, new Map());
      const sides = found.get(leaf);
      if (!sides.has(side)) sides.set(side, []);
      sides.get(side).push(row);
    }
    return [...found.values()];
  },

  /** A picture, grey for spins, red and blue for numbers about zero. */
  picture(rows, most, label) {
    const size = (column) => Math.max(...rows.map((row) => row[column])) + 1;
    const [wide, high] = [size("column"), size("row")];
    const canvas = page.made("canvas", { width: wide, height: high, role: "img", ariaLabel: label });
    const paint = canvas.getContext("2d");
    const spins = rows.every((row) => Math.abs(row.value) === 1);
    for (const row of rows) {
      const share = Math.round(255 * (1 - Math.min(1, Math.abs(row.value) / most)));
      const colour = row.value > 0 ? `rgb(255 ${share} ${share})` : `rgb(${share} ${share} 255)`;
      paint.fillStyle = spins ? (row.value > 0 ? "#1a1a1a" : "#e0e0e0") : colour;
      paint.fillRect(row.column, row.row, 1, 1);
    }
    return canvas;
  },

  told(names, row, looks) {
    const one = (name) => looks[name]?.[page.word(row[name])]?.label ?? `${name.replaceAll("_", " ")} ${page.short(row[name])}`;
    return names.map(one).join(", ");
  },

  async make(article) {
    const { columns, gallery, looks } = await page.of(article.dataset.figure);
    const rows = page.charts.records(columns, gallery.where).filter((row) => row.value !== null);
    if (!rows.length) throw new Error("the table has no pictures");
    const most = Math.max(...rows.map((row) => Math.abs(row.value)));
    const leaves = page.galleries.leaves(gallery, rows);
    const place = article.querySelector(".gallery");
    const pictures = page.made("div", { className: "side" });
    const words = page.made("p", { ariaLive: "polite" });
    const chosen = page.made("input", { type: "range", min: 1, max: leaves.length, value: 1, ariaLabel: "Picture" });
    const show = () => {
      const sides = leaves[chosen.value - 1];
      const [first] = sides.values();
      const title = page.galleries.told([...gallery.leaf, ...gallery.told], first[0], looks);
      words.textContent = `${chosen.value} of ${leaves.length}: ${title}`;
      pictures.replaceChildren(
        ...[...sides].map(([side, pixels]) =>
          page.made("figure", {}, page.galleries.picture(pixels, most, `${side} ${title}`), page.made("figcaption", {}, side)),
        ),
      );
    };
    const step = (by, name) => {
      const button = page.made("button", { type: "button" }, name);
      button.onclick = () => {
        chosen.value = ((chosen.value - 1 + by + leaves.length) % leaves.length) + 1;
        show();
      };
      return button;
    };
    chosen.oninput = show;
    place.append(page.made("div", { className: "leaf" }, step(-1, "Previous"), chosen, step(1, "Next")), words, pictures);
    show();
  },
};

page.opened("pictures", page.galleries.make);
