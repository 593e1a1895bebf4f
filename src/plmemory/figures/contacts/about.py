from plmemory.plan.about import Figure, integer, number

ABOUT = Figure(
    caption=(
        "The same pseudo-likelihood as an inference tool: precision of predicted contacts "
        "against rank, beside mean-field inference, and contact maps."
    ),
    inputs=("data", "models"),
    row="entry",
    columns={
        "family": "name of the data set",
        "kind": "precision, predicted, contact, length, chance",
        "rank": "of the pair",
        "i, j": "columns",
        "value": "of the entry",
    },
    several=True,
    needs=frozenset({"structure"}),
    counts=1,
    options={
        "cutoff": number(
            "angstrom", "contacts are closer, between non-hydrogen atoms", above=0, default=8.0
        ),
        "min_separation": integer(
            "columns", "of the two of a pair, at least", at_least=1, default=5
        ),
        "pseudocount": number(
            "fraction", "of the mean-field baseline", at_least=0, at_most=1, default=0.5
        ),
    },
)
