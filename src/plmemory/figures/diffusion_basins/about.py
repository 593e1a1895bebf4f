from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Largest noise σ from which a denoiser returns to a state, against the number of examples, "
        "by what the state is: a training or an unseen example (open symbols), or a sample of the "
        "denoiser itself that is memorised, spurious or generalised. Of independent patterns the "
        "exact denoiser can return to one as long as ln K / N is below the capacity of the channel "
        "with Gaussian noise (dotted line, N to infinity)."
    ),
    see=(
        "A curve tells how much noise a denoiser can take away and still return to where it "
        "was, for examples and for its own samples. The basins of examples shrink as their "
        "number grows, for the exact denoiser of random patterns as the capacity says."
    ),
    inputs=("noise_basins",),
    row="data set, memory, type of state, number of examples",
    columns={
        "dataset": "its name",
        "memory": "the rule that made it",
        "type": "train, test, memorised, spurious, generalised",
        "K": "training examples",
        "sigma": "largest noise from which most trials return, mean over the states",
        "states": "how many there were, over all draws",
        "critical_sigma": "noise at which ln K / N is the capacity; of independent patterns",
        "draws": "choices of the training examples",
    },
    several=True,
    spins=frozenset({"ising"}),
    charts=(
        Chart("K", ("sigma",), by=("type",), panels=("dataset", "memory"), log=("K", "sigma")),
    ),
)
