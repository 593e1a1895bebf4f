from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Capacity of the vector Hopfield network. a: the load at which retrieval ends, times d, in "
        "closed form. b: final overlap started on a pattern, mean of the states that end above 0.7 "
        "(filled symbols) and median of all (open), beside replica-symmetric theory (lines, to the "
        "capacity). c: fraction of states that end above 0.7; dotted verticals are the capacities "
        "for infinitely many sites."
    ),
    see=(
        "The capacity times d is largest at a small dimension and falls to its limit for "
        "many components. Below the capacity states lie on the lines of theory; near it "
        "the transition of a finite network is rounded, and only a part of the states is "
        "retrieved."
    ),
    inputs=("overlaps",),
    row="dimension, load; or dimension alone, for the capacity",
    columns={
        "d": "components of a vector",
        "capacity_d": "exact capacity α_c·d",
        "overlap": "final, mean of all states",
        "median_overlap": "of all states",
        "retrieved": "fraction of states that end above 0.7",
        "retrieved_overlap": "mean of those states",
        "theory": "replica-symmetric overlap, 0 beyond the capacity",
        "n": "states",
    },
    several=True,
    spins=frozenset({"vectors"}),
    charts=(
        Chart(
            "alpha",
            ("retrieved_overlap", "median_overlap", "retrieved"),
            by=("d",),
            theory={"retrieved_overlap": "theory"},
        ),
        Chart("d", ("capacity_d",), by=(), log=("d",)),
    ),
)
