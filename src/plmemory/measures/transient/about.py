from plmemory.errors import InputError
from plmemory.plan.about import Measure, Settings, integer, listed, number


def _check(settings: Settings) -> None:
    times = settings["times"]
    if times[0] != 0 or times != sorted(times):
        raise InputError(f"times: found {times}, expected ascending ones from 0 on")


ABOUT = Measure(
    title="transients: overlaps with the clean image while the dynamics runs",
    spins=frozenset({"vectors", "attention"}),
    needs=frozenset({"test"}),
    check=_check,
    settings={
        "times": listed(
            "synchronous steps", "looked at, from 0 on", {"type": "integer", "minimum": 0}
        ),
        "starts": integer(
            "states", "at most so many training, test and random ones, per replicate", at_least=1
        ),
        "flipped": number(
            "fraction, 0…1", "of the components of a start, whose sign changes", above=0, at_most=1
        ),
        "masked": number(
            "fraction, 0…1",
            "of the sites of a start, replaced by random directions",
            above=0,
            at_most=1,
        ),
    },
    # Seven kinds of starts, and all pairs of numbers in a step.
    seconds=lambda settings, numbers: (
        7 * settings["starts"] * settings["times"][-1] * (1e-9 * numbers**2 + 2e-5)
    ),
)
