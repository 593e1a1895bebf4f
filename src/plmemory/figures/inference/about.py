from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Reconstruction error and cosine of the inferred couplings with the true ones, against the "
        "load, by every rule from the same examples."
    ),
    see=(
        "The error γ punishes a wrong scale of the couplings, the cosine R does not: a "
        "rule can have the right direction and the wrong length. A lower γ or a higher R "
        "at few examples tells the better rule where data are scarce."
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
    charts=(Chart("alpha", ("gamma", "R"), panels=("dataset",), log=("alpha", "gamma")),),
)
