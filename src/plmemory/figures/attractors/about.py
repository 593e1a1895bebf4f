from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "What the attractors are, by kind of start: how many distinct ones are reached, which "
        "saturates at the number of starts (dotted); the entropy of their basins from coincidences "
        "of pairs of starts, whose exponential is a number of attractors, exact for equal basins "
        "and too small else (triangles: no pair met, above it with 95 % confidence; training "
        "starts are no independent ones, the others are); overlaps of final states with the "
        "nearest training and the nearest unseen example; the fraction of cycles, and that still "
        "moving; and of test starts under sequential dynamics in two random orders, the fraction "
        "whose ends differ and the overlap of the two ends."
    ),
    see=(
        "Where few distinct attractors take many starts, memory is one of classes; where "
        "every start has an attractor of its own, the counts lie on the dotted line and "
        "tell a lower bound alone. Follow training and test starts in the overlap with the "
        "nearest examples: where the two curves meet, the network treats what it learnt "
        "and what it never saw alike."
    ),
    inputs=("attractors",),
    row="rule, load, start",
    columns={
        "P": "training patterns",
        "start": "train, test, corrupted, random, feature",
        "n": "starts of each replicate",
        "attractors": "distinct ones reached, of each replicate",
        "coincidences": "pairs of starts of a replicate that reach the same, over all replicates",
        "pair_entropy": "−log of their fraction, the Rényi entropy of order 2, nats; empty: none",
        "pair_entropy_least": "which it exceeds with 95 % confidence, where no pair met",
        "cycles_fraction": "of the starts",
        "unsettled_fraction": "still moving after further_steps, in no attractor",
        "nearest_train, nearest_test": "overlap of the final state with the nearest example",
        "basin_entropy": "Shannon's, of the shares that were counted, nats; at most log n",
        "orders_differ": (
            "fraction of test starts with different ends under sequential dynamics in two "
            "random orders"
        ),
        "orders_overlap": "of the two ends",
        "orders_settled": "both at fixed points",
        "dataset": "its name",
    },
    needs=frozenset({"test"}),
    charts=(
        Chart(
            "alpha",
            ("attractors", "nearest_train", "nearest_test", "cycles_fraction"),
            by=("rule", "start"),
            log=("alpha",),
        ),
    ),
)
