from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Basins of attraction: the initial overlap from which half of the starts reach their "
        "pattern, by load (lower is wider), and the excess over the lowest pseudo-likelihood "
        "shown; above, pseudo-likelihoods, below, other learning rules. Each has the parameters of "
        "its name; rules at their best are compared in random_rivals. Dotted lines are first-step "
        "theory, exact for diluted networks."
    ),
    see=(
        "The lower a curve, the wider the basins; the excess shows differences that are "
        "too small to see in the curves themselves. Where the dotted first-step theory "
        "leaves the symbols, the fate of a state is decided after the first step."
    ),
    inputs=("storage",),
    row="rule, load",
    columns={
        "objective": "of the rule: pseudo-likelihoods have a row of panels",
        "b": "λ‖J_i‖ that was set",
        "critical_overlap": (
            "smallest initial overlap from which the mean final overlap exceeds 0.95, NaN "
            "where a replicate has none"
        ),
        "half_overlap": "the same for half of the starts ending above 0.95",
        "excess": (
            "of the half overlap over the lowest pseudo-likelihood at the load, replicate by "
            "replicate"
        ),
        "first_step_theory": "from the one-step map, iterated",
    },
    charts=(
        Chart("alpha", ("half_overlap", "excess"), theory={"half_overlap": "first_step_theory"}),
    ),
)
