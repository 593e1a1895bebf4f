from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Recall at finite temperature: overlap with the pattern that the dynamics was started"
        " on, against the temperature in units of the norm of a row of the couplings; a panel"
        " per load. Thin lines are the replica-symmetric theory of the retrieval state; beyond its "
        "capacity that is zero, and what remains of the start is a remanence of frozen states near "
        "the pattern. Dotted "
        "verticals are the temperatures, in the same units, of the pseudo-likelihood that was"
        " learnt."
    ),
    see=(
        "A rule recalls up to the temperature at which its curve falls; learnt couplings "
        "bear more heat than Hebb's. Beyond the capacity of Hebb's rule the line of theory "
        "is zero, and what the symbols keep above it is remanence."
    ),
    inputs=("recall",),
    row="rule, load, temperature",
    columns={
        "temperature": "in units of a row's norm ‖J_i‖",
        "overlap": "with the pattern started on",
        "n": "starts",
        "theory": "of the retrieval state, 0 beyond its capacity (Hebb only)",
        "own_temperature": "1/λ‖J_i‖ of the pseudo-likelihood learnt",
    },
    charts=(Chart("temperature", ("overlap",), panels=("alpha",), theory={"overlap": "theory"}),),
)
