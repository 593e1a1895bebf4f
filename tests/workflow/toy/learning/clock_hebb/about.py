"""Hebb's rule for clocks."""

from plmemory.plan.about import Rule, number

ABOUT = Rule(
    title="Hebb's rule for clocks",
    spins=frozenset({"clock"}),
    settings={"strength": number("factor", "on all couplings", above=0, default=1.0)},
)
