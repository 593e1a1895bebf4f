from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule
from plmemory.plan.cost import passes

ABOUT = Rule(
    title="pseudo-inverse for vectors, without self-couplings",
    spins=frozenset({"vectors"}),
    settings={},
    exists=lambda patterns, numbers: patterns < numbers,
    look=lambda settings: Look("pseudo-inverse", "#E69F00", "^"),
    seconds=passes(lambda settings: 20),
)
