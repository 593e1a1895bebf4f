from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Energy that synchronous dynamics reaches from each kind of start, "
        "e(s(t+1), s(t)) = −Σ s_i(t+1) J_ij s_j(t)/2N, of the true couplings and of the learnt "
        "ones, against the load. Broken lines: dynamics of the true couplings."
    ),
    see=(
        "Judged by the true couplings, states that the learnt ones find come near the "
        "samples, and leave them, as the load grows. Broken lines are the goal: with "
        "enough examples the learnt dynamics ends where that of the true couplings does."
    ),
    inputs=("attractors",),
    row="data set, rule, load, start",
    columns={
        "dataset": "its name",
        "P": "training patterns; inf: the true couplings",
        "start": (
            "train, test, random, ground (the ground state); without dynamics sample (unseen "
            "examples) and lowest (the ground state)"
        ),
        "energy": "per site, of the true couplings, in J",
        "learnt_energy": "per site, of the learnt couplings times λT, in J",
        "draws": "number of instances of the couplings",
        "L, T": "of the spin glass",
    },
    several=True,
    needs=frozenset({"couplings", "ground_state", "test"}),
    charts=(
        Chart(
            "alpha",
            ("energy", "learnt_energy"),
            by=("rule", "start"),
            panels=("dataset",),
            log=("alpha",),
        ),
    ),
)
