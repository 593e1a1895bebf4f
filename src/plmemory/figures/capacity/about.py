from plmemory.plan.about import Figure

ABOUT = Figure(
    caption=(
        "Storage: fraction of patterns that are fixed points, fraction of stable sites and "
        "overlap kept when started on a pattern, against the load; dotted verticals are the "
        "exact capacities. Lines are replica-symmetric theory, that of fixed points for "
        "independent sites; of the pseudo-likelihood there is one at fixed norm."
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
)
