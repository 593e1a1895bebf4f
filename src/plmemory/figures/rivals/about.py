from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Learning rules, each at its best parameter: the initial overlap from which half of the "
        "starts reach their pattern, by load (lower is wider), and the difference from the best "
        "pseudo-likelihood, of this overlap and of that from which the mean final overlap exceeds "
        "0.95. Parameters are chosen on one half of the draws and judged on the other, each half "
        "in turn; differences are paired; symbols at one load stand side by side. Below, a panel a "
        "load, the tuning curves that the choice is made from. Bars and bands are 95 % confidence "
        "intervals over the draws."
    ),
    see=(
        "Below zero in the panels of differences a rule has wider basins than the best "
        "pseudo-likelihood, above zero narrower ones; bars that cross zero decide nothing. "
        "The order of the rules changes with the load, so no rule is the best everywhere."
    ),
    inputs=("storage",),
    row="rule, load; of kind tuning: rule, load, parameter",
    columns={
        "rule": "or family of rules",
        "kind": "judged: at the chosen parameters; tuning: at one parameter, all draws",
        "parameter": "judged: of the even draws, chosen on the odd ones",
        "second_parameter": "of the odd draws, chosen on the even ones",
        "critical_overlap": (
            "smallest initial overlap from which the mean final overlap exceeds 0.95, at the "
            "parameters that make it smallest"
        ),
        "half_overlap": "the same for half of the starts ending above 0.95",
        "difference": "of the half overlap from the best pseudo-likelihood, draw by draw",
        "critical_difference": "the same of the critical overlap",
        "half_overlap_sequential, sequential_difference": (
            "under sequential dynamics, where it was measured"
        ),
        "draws": "of the patterns",
    },
    charts=(
        Chart(
            "alpha",
            ("half_overlap", "difference", "critical_difference"),
            where={"kind": ("judged",)},
        ),
        Chart("parameter", ("half_overlap",), panels=("alpha",), where={"kind": ("tuning",)}),
    ),
)
