from plmemory.plan.about import Figure

ABOUT = Figure(
    caption=(
        "Asymmetric against symmetric couplings: overlaps of retrieval, stabilities, asymmetry, "
        "and where random states end (fixed points, cycles)."
    ),
    inputs=("storage",),
    row="rule, load, quantity",
    columns={
        "quantity": (
            "half_overlap, critical_overlap, mean_stability, min_stability, asymmetry, "
            "fixed_point_fraction, cycle_fraction, unsettled_fraction, steps"
        ),
        "value": "measured",
        "value_theory": "exact, where known",
    },
)
