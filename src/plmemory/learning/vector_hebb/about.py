from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule
from plmemory.plan.cost import held

ABOUT = Rule(
    title="Hebb's tensor rule for vectors",
    spins=frozenset({"vectors"}),
    settings={},
    provides=lambda settings: frozenset({"energy"}),  # its couplings are symmetric
    look=lambda settings: Look("Hebb", "#000000", "s"),
    seconds=lambda settings, patterns, numbers: 1e-7 * patterns * numbers,
    holds=held(4),
)
