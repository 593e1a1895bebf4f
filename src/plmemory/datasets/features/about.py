"""Signs of random mixtures of few random features, drawn for every load."""

from plmemory.plan.about import DataSet, integer

ABOUT = DataSet(
    title=lambda settings: (
        rf"features, $\alpha_D$ = {settings['features'] / settings['sites']:.3g}"
    ),
    spins="ising",
    settings={
        "sites": integer("spins", "N", at_least=2),
        "features": integer("count", "D, the hidden features; α_D = D/N", at_least=1),
        "nonzero": integer("features", "L, those mixed in a pattern, with signs", at_least=1),
        "test_patterns": integer("patterns", "unseen mixtures of the same features", at_least=1),
    },
    sites=lambda settings: settings["sites"],
    pool=False,
    provides=lambda settings: frozenset({"test", "features"}),
    columns=lambda settings: {"alpha_D": settings["features"] / settings["sites"]},
)
