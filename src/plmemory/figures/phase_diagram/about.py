from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Where families of learning rules have wide basins, over the load and the parameter of the "
        "family: the initial overlap from which half of the starts reach their pattern, as excess "
        "over the lowest of the load, whose value stands at the top (white: patterns are not "
        "kept). Circles: the best parameter of each load; bars: the span of those that the draws "
        "do not tell from it at 95 % confidence."
    ),
    see=(
        "The dark valley is where a family has its widest basins, and the circles tell how "
        "its parameter moves with the load. A long bar says that the draws do not tell the "
        "parameters along it apart, so that no fine tuning is needed there."
    ),
    inputs=("storage",),
    row="family of rules, load, parameter",
    columns={
        "rule": "the family",
        "parameter": "of the rule",
        "half_overlap": "initial overlap from which half of the starts end above 0.95",
        "excess": "over the best parameter at the load, draw by draw",
        "best": "whether it is the lowest of the load",
        "draws": "of the patterns",
    },
    charts=(Chart("parameter", ("half_overlap", "excess"), by=("alpha",), panels=("rule",)),),
)
