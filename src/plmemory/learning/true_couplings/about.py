from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule
from plmemory.plan.cost import held

ABOUT = Rule(
    title="the couplings that the examples were sampled with: infinitely many patterns",
    spins=frozenset({"ising"}),
    settings={},
    needs=lambda settings: frozenset({"couplings", "sample_temperature"}),
    attributes=lambda settings: {"inverse_temperature": 1.0, "symmetric": 1},
    infinite=True,
    look=lambda settings: Look(r"true couplings, $P=\infty$", "#5f5f5f", "_", "--"),
    seconds=lambda settings, patterns, numbers: 1e-6 * numbers**2,
    holds=held(0),
)
