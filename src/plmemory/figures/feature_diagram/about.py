from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Random features over the load α and their density α_D: overlap that the dynamics keeps, "
        "when started on training patterns, on unseen ones and on the hidden features, after a few "
        "steps (top) and after many (bottom). Chance is 0."
    ),
    see=(
        "Bright cells are kept, dark ones are lost: compare the region of training "
        "patterns with those of unseen mixtures and of features. Where features are bright "
        "and training patterns are not yet dark, the network knows its patterns and what "
        "they are made of."
    ),
    inputs=("retained",),
    row="data set, rule, load, density, start, number of steps",
    columns={
        "dataset": "its name",
        "P": "training patterns",
        "alpha_D": "features a site, D/N",
        "start": "train, test, feature: what the dynamics starts from",
        "steps": "synchronous steps",
        "overlap": "of the state after these steps with the start",
        "draws": "of features and patterns",
        "n": "starts",
    },
    needs=frozenset({"densities"}),
    charts=(Chart("alpha", ("overlap",), by=("alpha_D",), panels=("start", "steps")),),
)
