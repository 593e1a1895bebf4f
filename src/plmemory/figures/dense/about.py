from plmemory.plan.about import Figure, listed
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "A dense associative memory as a reference of capacity: unstable sites of the patterns, "
        "and patterns without any, against their number. Its energy is "
        "−Σ_μ (ξ^μ·s)^n: n = 2 is Hebb's rule, n = 3 couples three sites at a time. Symbols are "
        "measured, lines theory for many sites and patterns, dotted verticals the capacity "
        "without errors."
    ),
    see=(
        "Coupling three sites at a time moves the loss of patterns to far larger numbers "
        "than pair couplings allow. The measured symbols lie on the lines of theory on "
        "both sides of the dotted capacity."
    ),
    inputs=("data",),
    row="order, number of patterns",
    columns={
        "order": "n of the energy",
        "P": "patterns",
        "N": "sites",
        "states": "patterns that were looked at",
        "unstable_site_fraction": "of the sites of a pattern",
        "fixed_point_fraction": "of the patterns",
        "capacity": "patterns without errors, theory",
    },
    rules=False,
    spins=frozenset({"ising"}),
    needs=frozenset({"independent"}),
    options={
        "patterns": listed(
            "one count",
            "that the memory holds at most; also half of them, a quarter, down to five",
            {"type": "integer", "minimum": 10},
            at_most=1,
        ),
        "orders": listed("n", "of the energy", {"type": "integer", "minimum": 2}, default=[2, 3]),
    },
    charts=(
        Chart(
            "P",
            ("unstable_site_fraction", "fixed_point_fraction"),
            by=("order",),
            theory={
                "unstable_site_fraction": "unstable_site_fraction_theory",
                "fixed_point_fraction": "fixed_point_fraction_theory",
            },
            log=("P",),
        ),
    ),
)
