from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule

ABOUT = Rule(
    title="Hebb's rule",
    spins=frozenset({"ising"}),
    settings={},
    look=lambda settings: Look("Hebb", "#000000", "s"),
)
