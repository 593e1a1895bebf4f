from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Storage: fraction of patterns that are fixed points, fraction of stable sites and "
        "overlap kept when started on a pattern, against the load; dotted verticals are the "
        "exact capacities. Lines are replica-symmetric theory, that of fixed points for "
        "independent sites; of the pseudo-likelihood there is one at fixed norm."
    ),
    see=(
        "Each rule keeps its patterns up to its capacity (dotted): Hebb's rule loses them "
        "first, the pseudo-inverse at a load of one, maximum stability at two. Compare the "
        "fraction of fixed patterns with that of stable sites: a pattern is lost as soon "
        "as one of its sites is."
    ),
    inputs=("storage",),
    row="rule, load",
    columns={
        "capacity": "exact",
        "fixed_point_fraction": "of the patterns",
        "stable_site_fraction": "of sites and patterns",
        "final_overlap": "started on the pattern",
        "stable_site_fraction_theory": "exact",
        "fixed_point_fraction_theory": "its N-th power: of independent sites",
        "final_overlap_theory": "exact (Hebb only)",
    },
    charts=(
        Chart(
            "alpha",
            ("fixed_point_fraction", "stable_site_fraction", "final_overlap"),
            theory={
                "fixed_point_fraction": "fixed_point_fraction_theory",
                "stable_site_fraction": "stable_site_fraction_theory",
                "final_overlap": "final_overlap_theory",
            },
        ),
    ),
)
