from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "What the exact denoiser of K patterns makes of one whose pixels were turned over to an "
        "overlap m₀: the weight of the right pattern. For random patterns it rises where "
        "ln K / N is the capacity of the channel that turns pixels over (dotted verticals), "
        "more sharply for larger N. a: against m₀; b: against ln K / N in units of that "
        "capacity; c: images, which are alike, need a larger m₀."
    ),
    see=(
        "The exact denoiser finds the right one of K patterns as long as the noise leaves "
        "more than ln K / N nats a pixel: the capacity of a channel. The larger N, the "
        "sharper the change; images, which are alike, need less noise."
    ),
    inputs=("pattern_weight",),
    row="data set, number of patterns, initial overlap",
    columns={
        "dataset": "its name",
        "independent": "whether its patterns are random",
        "N": "sites",
        "K": "patterns",
        "initial_overlap": "m₀ with the right pattern",
        "weight": "of the right pattern, by Bayes",
        "critical_overlap": "m₀ from which ln K / N is below the capacity, N to infinity",
        "rate": "ln K / N over the capacity at m₀",
        "draws": "of the patterns",
    },
    several=True,
    spins=frozenset({"ising"}),
    charts=(Chart("initial_overlap", ("weight",), by=("K", "N"), panels=("dataset",)),),
)
