from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Retrieval maps. Overlap with the stored pattern after zero-temperature dynamics "
        "(top) and after one synchronous step (bottom), against the initial overlap; a panel "
        "per load. Symbols are simulations, lines the "
        "exact one-step theory."
    ),
    see=(
        "The initial overlap at which a curve of the upper row rises to one is the edge of "
        "the basin; the further left, the wider. After one step the symbols lie on the "
        "exact theory, so what sets the rules apart happens at later steps."
    ),
    inputs=("retrieval",),
    row="rule, load, initial overlap",
    columns={
        "initial_overlap": "after corruption",
        "final_overlap": "with the pattern, after the dynamics",
        "one_step_overlap": "after the first step",
        "one_step_theory": (
            "exact where the stability distribution is known, else from the measured stabilities"
        ),
    },
    charts=(
        Chart(
            "initial_overlap",
            ("final_overlap", "one_step_overlap"),
            panels=("alpha",),
            theory={"one_step_overlap": "one_step_theory"},
        ),
    ),
)
