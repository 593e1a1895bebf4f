from plmemory.plan.about import Figure

ABOUT = Figure(
    caption=(
        "Every published number that this run contains beside ours, with its standard error and "
        "the tolerance; what it does not contain is counted in one line."
    ),
    see=(
        "A symbol within the grey band agrees with the published number to within what "
        "rounding and a single draw of the data allow. Those outside differ, and the table "
        "of verdicts above says by how much."
    ),
    inputs=("tables",),
    row="published number",
    columns={
        "dataset": "its name",
        "quantity": "what was measured",
        "alpha": "load",
        "start": "of the dynamics",
        "published": "value",
        "ours": "value",
        "ours_sem": "its standard error",
        "tolerance": "deviation allowed",
        "reason": "why it is that",
        "agrees": (
            "true, false: whether within the tolerance; empty: that is not known; not in this run: "
            "it has no such result"
        ),
    },
    rules=False,
    several=True,
    verdicts=True,
)
