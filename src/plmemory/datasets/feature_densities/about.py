"""Signs of random mixtures of hidden features, at several numbers of features side by side."""

from plmemory.errors import InputError
from plmemory.plan.about import DataSet, Settings, integer, listed


def _check(settings: Settings) -> None:
    densities, replicates = len(settings["densities"]), settings["replicates"]
    if replicates % densities:
        raise InputError(
            f"replicates: found {replicates}, expected a multiple of the {densities} densities"
        )


ABOUT = DataSet(
    title=lambda settings: f"$L$ = {settings['nonzero']}" if settings["nonzero"] else "$L$ = $D$",
    spins="ising",
    settings={
        "sites": integer("spins", "N", at_least=2),
        "densities": listed(
            "α_D = D/N",
            "hidden features a site; the replicates have them in turn",
            {"type": "number", "exclusiveMinimum": 0},
        ),
        "nonzero": integer(
            "features",
            "L, those mixed in a pattern, with signs; `null`: all",
            at_least=1,
            null=True,
        ),
        "test_patterns": integer("patterns", "unseen mixtures of the same features", at_least=1),
    },
    sites=lambda settings: settings["sites"],
    pool=False,
    provides=lambda settings: frozenset({"densities"}),
    check=_check,
)
