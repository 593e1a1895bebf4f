from plmemory.errors import InputError
from plmemory.plan.about import Measure, Settings, integer, listed, number


def _check(settings: Settings) -> None:
    smallest = settings["smallest_sigma"]
    for sigma in settings["sigmas"]:
        if sigma <= smallest:
            raise InputError(
                f"sigmas: found {sigma:g}, expected more than smallest_sigma = {smallest:g}"
            )


ABOUT = Measure(
    title="largest noise from which a denoiser returns, by what is returned to",
    part="denoiser",
    settings={
        "states": integer("count", "of each type at most, per replicate", at_least=1),
        "trials": integer("count", "with noise of their own, of each state and sigma", at_least=1),
        "returned": number(
            "fraction", "of the trials that must return", above=0, at_most=1, default=0.9
        ),
        "delta": number("1 − overlap", "up to which two images are near", at_least=0, below=1),
        "samples": integer(
            "S", "drawn from noise, of which the memorised, spurious, generalised are", at_least=2
        ),
        "steps": integer("count", "of sampling, from any noise", at_least=1),
        "smallest_sigma": number("standard deviation of a pixel", "at which it ends", above=0),
        "sigmas": listed(
            "standard deviations of a pixel",
            "noises that are tried, and the largest that samples are drawn from",
            {"type": "number", "exclusiveMinimum": 0},
        ),
    },
    check=_check,
    seconds=lambda settings, numbers: (
        1e-5
        * numbers
        * settings["steps"]
        * (5 * settings["states"] * settings["trials"] * len(settings["sigmas"]))
    ),
)
