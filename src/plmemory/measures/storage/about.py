from plmemory.errors import InputError
from plmemory.plan.about import Measure, Settings, boolean, integer, listed, number
from plmemory.plan.cost import sweeps, updates


def _check(settings: Settings) -> None:
    low, high = settings["stability_range"]
    if not low < high:
        raise InputError(f"stability_range: found {low} to {high}, expected an upward range")


def _seconds(settings: Settings, numbers: int) -> float:
    followed = sweeps if settings["sequential"] else updates
    # The search for the critical overlap.
    return followed(lambda settings: 20 * settings["patterns"] * settings["max_steps"])(
        settings, numbers
    )


ABOUT = Measure(
    title="how well the training patterns are stored",
    spins=frozenset({"ising"}),
    check=_check,
    settings={
        "max_steps": integer(
            "synchronous steps, even", "longest history", at_least=2, multiple_of=2
        ),
        "patterns": integer(
            "count", "training patterns, and random states, followed per replicate", at_least=1
        ),
        "target": number(
            "overlap, 0…1",
            "final overlap of retrieval: the mean that defines the critical initial overlap, and "
            "what half of the starts exceed from the half overlap on",
            above=0,
            below=1,
        ),
        "sequential": boolean(
            "whether the half overlap is also found for updates site after site", default=False
        ),
        "stability_range": listed(
            "two stabilities",
            "ends of the histogram of stabilities",
            {"type": "number"},
            at_least=2,
            at_most=2,
        ),
        "stability_bins": integer("count", "of that histogram", at_least=1),
    },
    seconds=_seconds,
)
