from plmemory.plan.about import SpinType, number

ABOUT = SpinType(
    title="Ising spins, +1 or −1",
    settings={
        "binarize": number(
            "threshold",
            "numbers above it are spins +1, others −1; `null`: they are spins already",
            null=True,
            default=None,
        ),
    },
)
