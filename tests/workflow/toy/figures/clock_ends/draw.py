"""Where clocks end."""

from plmemory.figures.shared import panels, style


@style.styled
def draw(table):
    """Overlap against load."""
    figure, axes = panels.grid(1, 1, width=style.COLUMN, height=2)
    axes[0, 0].plot(table["alpha"], table["overlap"], "o", label="clocks")
    axes[0, 0].set(xlabel=style.LOAD, ylabel=style.FINAL_OVERLAP)
    return figure
