from plmemory.plan.about import Figure

ABOUT = Figure(
    caption=(
        "Reconstruction error and cosine of the inferred couplings with the true ones, against the "
        "load, by every rule from the same examples."
    ),
    inputs=("data", "models"),
    row="data set, rule, load",
    columns={
        "dataset": "its name",
        "P": "training patterns",
        "gamma": "‖J_sym − J/T‖/‖J/T‖, NaN for rules whose couplings have no scale",
        "R": "cosine of the two",
        "draws": "number of instances of the couplings",
        "L, T": "of the spin glass",
    },
    several=True,
    needs=frozenset({"couplings"}),
    spins=frozenset({"ising"}),
)
