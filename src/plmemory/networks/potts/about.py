from plmemory.plan.about import SpinType, integer

ABOUT = SpinType(
    title="Potts spins, colours 0 … q − 1",
    settings={
        "states": integer(
            "colours",
            "q; `null`: as many as the patterns show",
            at_least=2,
            at_most=128,
            null=True,
            default=None,
        ),
    },
)
