"""The two-dimensional Edwards–Anderson model at equilibrium."""

from plmemory.errors import InputError
from plmemory.plan.about import DataSet, Settings, choice, integer, number


def _check(settings: Settings) -> None:
    side = settings["side"]
    if settings["boundary"] == "periodic" and (side < 4 or side % 2):
        raise InputError(f"side: found {side}, expected an even number from 4 (periodic lattice)")
    if settings["hottest"] < settings["temperature"]:
        raise InputError(
            f"hottest: found {settings['hottest']}, expected at least the temperature, "
            f"{settings['temperature']}"
        )


def _seconds(settings: Settings) -> float:
    samples = settings["train_patterns"] + settings["test_patterns"]
    equilibration, a_sample = 2.5e-3, 1.5e-4  # per site and block of chains, at high temperature
    of_a_site = equilibration + a_sample * samples / settings["chains"]
    # The colder, the more temperatures and the longer the autocorrelation.
    slowed = (settings["hottest"] / settings["temperature"]) ** 3
    return of_a_site * settings["side"] ** 2 * settings["chains"] / 1024 * slowed


ABOUT = DataSet(
    title=lambda settings: (
        f"spin glass, $L$ = {settings['side']}, $T$ = {settings['temperature']:g}"
    ),
    spins="ising",
    settings={
        "side": integer("sites", "L; N = L²", at_least=2),
        "temperature": number("J/k_B", "T of the samples", above=0),
        "couplings": choice("law of the bonds", "gaussian", "bimodal"),
        "boundary": choice("of the lattice", "periodic", "free"),
        "train_patterns": integer("patterns", "training examples of an instance", at_least=1),
        "test_patterns": integer("patterns", "unseen samples of an instance", at_least=1),
        "hottest": number("J/k_B", "top of the temperature ladder of parallel tempering", above=0),
        "chains": integer(
            "chains",
            "independent ones, simulated side by side in blocks of 1024",
            at_least=1024,
            multiple_of=1024,
        ),
        "thinning": number("autocorrelation times", "between two samples of one chain", above=0),
        "max_sweeps": integer("sweeps", "limit of the equilibration", at_least=1),
    },
    sites=lambda settings: settings["side"] ** 2,
    instances=True,
    available=lambda settings: settings["train_patterns"],
    provides=lambda settings: frozenset(
        {"test", "couplings", "sample_temperature", "ground_state"}
    ),
    columns=lambda settings: {"L": settings["side"], "T": settings["temperature"]},
    check=_check,
    seconds=_seconds,
)
