from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Distributions of the stabilities of stored patterns: symbols are simulations, lines "
        "the exact replica-symmetric theory for an infinite network."
    ),
    see=(
        "Maximum stability has a wall at its smallest stability, Hebb's rule a Gaussian "
        "that reaches below zero, and pseudo-likelihood goes from the one to the other as "
        "its norm grows. Symbols on the lines say that a network of this size is as the "
        "theory for an infinite one."
    ),
    inputs=("storage",),
    row="rule, load, bin",
    columns={
        "objective": "of the rule; of a group in the figure",
        "b": "λ‖J_i‖ that was set",
        "stability": "centre of the bin",
        "density": "measured",
        "theory_density": "of the bin",
    },
    charts=(
        Chart("stability", ("density",), panels=("alpha",), theory={"density": "theory_density"}),
    ),
)
