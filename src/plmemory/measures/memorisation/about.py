from plmemory.errors import InputError
from plmemory.plan.about import Measure, Settings, integer, listed, number

_SIGMA = {"type": "number", "exclusiveMinimum": 0}


def _check(settings: Settings) -> None:
    largest = settings["largest_sigma"]
    for sigma in settings["sigmas"]:
        if sigma >= largest:
            raise InputError(
                f"sigmas: found {sigma:g}, expected less than largest_sigma = {largest:g}"
            )


def _seconds(settings: Settings, numbers: int) -> float:
    taken = settings["steps"] + 10 * len(settings["attractor_sigmas"])
    a_state = 6e-9 * 2000 * numbers  # as for thousands of examples
    return 5 + settings["samples"] * taken * a_state


ABOUT = Measure(
    title="what a memory makes of noise: memorised, spurious or generalised images",
    part="final_states",
    needs=frozenset({"test"}),
    settings={
        "samples": integer("S", "final states of each kind, per replicate", at_least=2),
        "delta": number("1 − overlap", "up to which two images are near", at_least=0, below=1),
        "kept": integer("states", "of each kind, kept to be looked at", at_least=1, default=8),
        "noisy_overlap": number(
            "overlap, 0…1",
            "of noisy images with what they were, where noise turns pixels over",
            at_least=0,
            at_most=1,
        ),
        "max_steps": integer(
            "synchronous steps, even", "of dynamics that settles", at_least=2, multiple_of=2
        ),
        "steps": integer("count", "of the noise from the largest to the smallest", at_least=1),
        "largest_sigma": number(
            "standard deviation of a pixel", "of the noise that samples begin with", above=0
        ),
        "sigmas": listed("σ", "of the noise at which sampling may end", _SIGMA),
        "attractor_sigmas": listed("σ", "of attractors at a fixed noise", _SIGMA, at_least=0),
    },
    check=_check,
    seconds=_seconds,
)
