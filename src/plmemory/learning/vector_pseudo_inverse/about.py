from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule
from plmemory.plan.cost import held, passes

ABOUT = Rule(
    title="pseudo-inverse for vectors, without self-couplings",
    spins=frozenset({"vectors"}),
    settings={},
    exists=lambda patterns, sites, components: patterns <= (sites - 1) * components,
    look=lambda settings: Look("pseudo-inverse", "#E69F00", "^"),
    seconds=passes(lambda settings: 20),
    holds=held(42),
)
