from plmemory.errors import InputError
from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule, Settings, integer, number
from plmemory.plan.cost import held


def _check(settings: Settings) -> None:
    small, large = settings["smallest_sigma"], settings["largest_sigma"]
    if small >= large:
        raise InputError(
            f"smallest_sigma: found {small:g}, expected less than largest_sigma = {large:g}"
        )


def _seconds(settings: Settings, patterns: int, numbers: int) -> float:
    units = settings["hidden"] * (2 * numbers + settings["hidden"])
    return settings["steps"] * units * (1e-10 * settings["batch_size"] + 6e-9)


ABOUT = Rule(
    title="a denoiser of three layers, trained by Adam",
    spins=frozenset({"ising"}),
    settings={
        "hidden": integer("units", "rectified, of both hidden layers", at_least=1, default=400),
        "learning_rate": number(
            "per step",
            "of Adam at the start; it falls to zero like a cosine",
            above=0,
            default=1e-3,
        ),
        "steps": integer("count", "of Adam", at_least=1, default=3000),
        "batch_size": integer("examples", "of a step", at_least=1, default=128),
        "smallest_sigma": number(
            "standard deviation of a pixel", "of the noise; pixels are ±1", above=0, default=0.3
        ),
        "largest_sigma": number(
            "standard deviation of a pixel", "of the noise", above=0, default=20.0
        ),
    },
    couplings=False,
    network="trained_denoiser",
    check=_check,
    look=lambda settings: Look("trained denoiser", "#D55E00", "D"),
    seconds=_seconds,
    holds=held(0),
)
