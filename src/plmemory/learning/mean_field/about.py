from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule, Settings, choice
from plmemory.plan.cost import held, passes


def _look(settings: Settings) -> Look:
    if settings["approximation"] == "bethe":
        return Look("Bethe", "#C49A00", "^")
    return Look("mean field", "#8C564B", "v")


ABOUT = Rule(
    title="mean-field inference from the shrunk correlations",
    look=_look,
    spins=frozenset({"ising"}),
    settings={
        "approximation": choice(
            "naive mean field (at zero magnetisation also TAP's), or Bethe's, exact on trees",
            "naive",
            "bethe",
            default="naive",
        ),
    },
    exists=lambda patterns, sites, components: patterns > 1,
    attributes=lambda settings: {"inverse_temperature": 1.0, "symmetric": 1},
    seconds=passes(lambda settings: 20),
    holds=held(0),
)
