from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule
from plmemory.plan.cost import held

ABOUT = Rule(
    title="the exact denoiser of the examples, which learns nothing and keeps them all",
    spins=frozenset({"ising"}),
    settings={},
    couplings=False,
    network="empirical_denoiser",
    look=lambda settings: Look("exact denoiser", "#000000", "s"),
    seconds=lambda settings, patterns, numbers: 1e-8 * patterns * numbers,
    holds=held(0),
)
