from plmemory.plan.about import Figure, integer, number
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "The same pseudo-likelihood as an inference tool: precision of predicted contacts against "
        "rank, contacts between non-hydrogen atoms and between C-beta atoms, and maps of the "
        "former. Bands are standard errors by a bootstrap over blocks of columns: another stretch "
        "of protein, the same sequences. Null models: mean-field inference, the pairs nearest "
        "along the chain, and chance."
    ),
    see=(
        "Precision well above chance and above the pairs nearest along the chain means "
        "that couplings find contacts in space. Heavy-atom contacts are the easier target; "
        "the lead over mean field counts only where it is larger than its band."
    ),
    inputs=("data", "models"),
    row="entry",
    columns={
        "family": "name of the data set",
        "title": "what it is called",
        "definition": (
            "of a contact: heavy, between any non-hydrogen atoms; beta, between C-beta atoms, "
            "of glycine C-alpha"
        ),
        "kind": (
            "precision, lead (over mean field), chain (nearest along the chain), chance, "
            "predicted, contact; length, sequences, effective (sum of their weights), draws, pairs"
        ),
        "rank": "of the pair",
        "i, j": "columns",
        "value": "of the entry; of several draws of the sequences the mean",
        "value_sem": "by bootstrap over blocks of columns, all rules on the same ones",
        "value_spread": "standard deviation over draws of the sequences",
    },
    several=True,
    needs=frozenset({"structure"}),
    counts=1,
    options={
        "cutoff": number(
            "angstrom", "contacts are closer, by either definition", above=0, default=8.0
        ),
        "min_separation": integer(
            "columns", "of the two of a pair, at least", at_least=1, default=5
        ),
        "pseudocount": number(
            "fraction", "of the mean-field baseline", at_least=0, at_most=1, default=0.5
        ),
        "block": integer("columns", "that the bootstrap keeps together", at_least=1, default=10),
    },
    charts=(
        Chart(
            "rank",
            ("value",),
            by=("rule", "kind"),
            panels=("family", "definition"),
            log=("rank",),
            where={"kind": ("precision", "chain", "chance")},
        ),
    ),
)
