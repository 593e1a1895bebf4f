from plmemory.plan.about import Figure

ABOUT = Figure(
    caption="Every published number beside ours, with its standard error and the tolerance.",
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
        "agrees": "whether within the tolerance; empty where this run does not reach it",
    },
    rules=False,
    several=True,
)
