from plmemory.plan.about import Rule

ABOUT = Rule(
    title="pseudo-inverse (projection) rule",
    spins=frozenset({"ising"}),
    settings={},
    exists=lambda patterns, sites: patterns < sites,
)
