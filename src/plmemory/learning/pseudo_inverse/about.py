from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule

ABOUT = Rule(
    title="pseudo-inverse (projection) rule",
    spins=frozenset({"ising"}),
    settings={},
    rows=lambda settings: True,
    exists=lambda patterns, sites: patterns < sites,
    look=lambda settings: Look("pseudo-inverse", "#E69F00", "^"),
)
