from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Mean, width and smallest value of the stabilities against the load, with the exact "
        "theory, and the deviation of the simulation from it."
    ),
    see=(
        "Means and widths lie on the lines of theory, and the last panel tells by how many "
        "per cent they do not. The smallest stability of a finite network lies below that "
        "of an infinite one."
    ),
    inputs=("storage",),
    row="rule, load",
    columns={
        "b": "λ‖J_i‖ that was set",
        "mean": "over sites and patterns",
        "std": "over the patterns of a row",
        "min": "smallest",
        "theory_mean": "exact",
        "theory_std": "exact",
    },
    charts=(
        Chart("alpha", ("mean", "std", "min"), theory={"mean": "theory_mean", "std": "theory_std"}),
    ),
)
