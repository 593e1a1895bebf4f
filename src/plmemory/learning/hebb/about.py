from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule
from plmemory.plan.cost import held, passes

ABOUT = Rule(
    title="Hebb's rule",
    spins=frozenset({"ising"}),
    settings={},
    look=lambda settings: Look("Hebb", "#000000", "s"),
    seconds=passes(lambda settings: 20),
    holds=held(0),
)
