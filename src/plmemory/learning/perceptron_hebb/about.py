from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule
from plmemory.plan.cost import held

ABOUT = Rule(
    title="Hebb's rule for a perceptron: the sum of all inputs, each with its label",
    spins=frozenset({"ising"}),
    settings={},
    needs=lambda settings: frozenset({"targets"}),
    provides=lambda settings: frozenset({"weights"}),
    couplings=False,
    look=lambda settings: Look("Hebb", "#000000", "s"),
    seconds=lambda settings, patterns, numbers: 1e-7 * patterns * numbers,
    holds=held(0),
)
