from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "First step of attention between tokens, Hebb's couplings of random patterns: overlap "
        "after one synchronous step against the initial one (symbols: simulation, lines: theory "
        "of Gaussian messages with the numbers of tokens and patterns of the run), and below it "
        "the difference of the two. A panel a value of κ = λ c P/d², the weight with which "
        "attention adds the present state of a token to the field of its pattern; 0 is the "
        "network of vector spins."
    ),
    see=(
        "A step adds the present state to the field of the pattern with the weight κ. Points "
        "of all dimensions lie on the closed form; where noise is strong, that memory of the "
        "state helps."
    ),
    inputs=("overlaps",),
    row="dimension, κ, initial overlap; lines of theory have no simulation",
    columns={
        "N": "tokens",
        "P": "patterns",
        "d": "components of a token",
        "kappa": "weight of the present state beside that of the pattern",
        "initial_overlap": "m₀",
        "one_step_overlap": "m₁, with its standard error",
        "theory": "m₁ of Gaussian messages",
        "excess": "of the simulation over theory",
        "draws": "of the patterns",
        "n": "states",
    },
    several=True,
    spins=frozenset({"vectors"}),
    rule_needs=frozenset({"attending"}),
    charts=(
        Chart(
            "initial_overlap",
            ("one_step_overlap",),
            by=("d",),
            panels=("kappa",),
            theory={"one_step_overlap": "theory"},
        ),
    ),
)
