from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule
from plmemory.plan.cost import passes

ABOUT = Rule(
    title="pseudo-inverse (projection) rule",
    spins=frozenset({"ising"}),
    settings={},
    rows=lambda settings: True,
    shares=lambda settings: True,
    exists=lambda patterns, sites, components: patterns < sites,
    look=lambda settings: Look("pseudo-inverse", "#E69F00", "^"),
    seconds=passes(lambda settings: 20),
    # The Gram matrix (P, P) and its decomposition; the basis is in a file.
    holds=lambda settings, patterns, numbers, parts: 2 + 32 * patterns / numbers,
)
