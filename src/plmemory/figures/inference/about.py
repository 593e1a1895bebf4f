from plmemory.plan.about import Figure

ABOUT = Figure(
    caption=(
        "Reconstruction error and cosine of the inferred couplings, and the energy that the "
        "dynamics reaches from each kind of start, against the load."
    ),
    inputs=("attractors",),
    row="rule, load, start",
    columns={
        "P": "training patterns; inf: the true couplings",
        "gamma": "‖J_sym − J/T‖/‖J/T‖",
        "R": "cosine of the two",
        "start": "train, test, random; sample: unrelaxed",
        "energy": "per site under the true couplings",
        "L, T": "of the spin glass",
    },
    needs=frozenset({"couplings", "test"}),
)
