from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Asymmetric against symmetric couplings: overlaps of retrieval, stabilities, asymmetry, "
        "and where random states end (fixed points, cycles)."
    ),
    see=(
        "Tying the couplings costs width of the basins at the larger loads and little at "
        "the small ones. Free couplings come out nearly symmetric by themselves, as their "
        "asymmetry shows."
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
    charts=(Chart("alpha", ("value",), panels=("quantity",), theory={"value": "value_theory"}),),
)
