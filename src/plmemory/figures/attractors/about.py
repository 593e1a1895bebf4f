from plmemory.plan.about import Figure

ABOUT = Figure(
    caption=(
        "What the attractors are, by kind of start: how many distinct ones, the entropy of "
        "their basins, the fraction of cycles, and the overlap of final states with the "
        "nearest training and the nearest unseen example. Crosses: test starts under "
        "sequential dynamics in two random orders, the fraction whose ends differ and the "
        "overlap of the two ends."
    ),
    inputs=("attractors",),
    row="rule, load, start",
    columns={
        "P": "training patterns",
        "start": "train, test, corrupted, random, feature",
        "n": "starts of each replicate",
        "attractors": "distinct ones reached",
        "cycles_fraction": "of the starts",
        "unsettled_fraction": "still moving after further_steps, in no attractor",
        "nearest_train, nearest_test": "overlap of the final state with the nearest example",
        "basin_entropy": "nats",
        "orders_differ": (
            "fraction of test starts with different ends under sequential dynamics in two "
            "random orders"
        ),
        "orders_overlap": "of the two ends",
        "orders_settled": "both at fixed points",
        "dataset": "its name",
    },
    needs=frozenset({"test"}),
)
