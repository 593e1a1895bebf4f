from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule

ABOUT = Rule(
    title="pseudo-inverse (projection) rule",
    spins=frozenset({"ising"}),
    settings={},
    exists=lambda patterns, sites, components: patterns < sites,
    look=lambda settings: Look("pseudo-inverse", "#E69F00", "^"),
)
