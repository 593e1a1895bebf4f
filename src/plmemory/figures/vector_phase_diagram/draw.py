"""The phase diagram of vector networks: three lines for each dimension."""

import pandas as pd
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style
from plmemory.figures.shared.dimensions import of_dimension

COLUMNS = ("d", "line", "temperature", "alpha_d")
LINES = {
    "spinodal": ("end of retrieval", "-"),
    "first_order": ("retrieval deepest", "--"),
    "spin_glass": ("spin glass", ":"),
}


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """Scaled temperature against scaled load; colours are dimensions, dashes are lines."""
    panels.require(table, "vector_phase_diagram", COLUMNS)
    figure, axes = panels.grid(1, 1, width=style.COLUMN, height=2.6)
    ax = axes[0, 0]
    for dimension in panels.values(table, "d"):
        look = of_dimension(dimension)
        ax.plot([], [], color=look.color, label=look.label)
        for name, (_, dash) in LINES.items():
            rows = table[(table["d"] == dimension) & (table["line"] == name)]
            rows = rows.sort_values("temperature")
            ax.plot(rows["alpha_d"], rows["temperature"], color=look.color, linestyle=dash)
    ax.set(xlabel=r"scaled load $\alpha d$", ylabel=r"scaled temperature $dT$")
    ax.set(xlim=(0, None), ylim=(0, None))
    extra = [panels.line(label, linestyle=dash) for label, dash in LINES.values()]
    panels.legend(figure, [ax], extra)
    return figure
