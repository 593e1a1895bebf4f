"""Where clocks end."""

from plmemory.plan.about import Figure, text

ABOUT = Figure(
    caption="Where clocks end.",
    inputs=("attractors",),
    row="load",
    columns={"overlap": "kept by training examples", "word": "of the options"},
    spins=frozenset({"clock"}),
    options={"word": text("word", "put into the table", default="tick")},
)
