from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Learning rules for vector spins: a, median final overlap and b, fraction of states that "
        "end above 0.7, started on patterns (solid, filled) and on corrupted ones (dashed, open). "
        "c: overlap after one step from the pattern itself: patterns can be fixed and yet not "
        "attract. Dotted verticals: loads up to which they attract, exact for N to infinity."
    ),
    see=(
        "Beyond the capacity of Hebb's rule the other rules still hold their patterns. "
        "Compare one step from the pattern with the final overlap: patterns can be all but "
        "fixed and yet attract nothing, not even themselves."
    ),
    inputs=("overlaps",),
    row="rule, load, initial overlap",
    columns={
        "d": "components of a vector",
        "initial_overlap": "after corruption",
        "overlap": "final, mean",
        "median_overlap": "of all states",
        "retrieved": "fraction of states that end above 0.7",
        "one_step_overlap": "after the first step, mean",
        "capacity": "exact load up to which patterns attract, where it is known",
        "n": "states",
    },
    spins=frozenset({"vectors"}),
    charts=(
        Chart(
            "alpha",
            ("median_overlap", "retrieved", "one_step_overlap"),
            by=("rule", "initial_overlap"),
            log=("alpha",),
        ),
    ),
)
