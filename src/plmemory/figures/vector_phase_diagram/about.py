from plmemory.plan.about import Figure, integer, listed

ABOUT = Figure(
    caption=(
        "Phase diagram of the vector Hopfield network (replica-symmetric, no data): below the "
        "solid lines there are retrieval states, below the dashed ones they are the deepest, and "
        "below the dotted ones there is a spin glass. Axes are scaled by the dimension d."
    ),
    inputs=(),
    row="dimension, line, temperature",
    columns={
        "d": "components of a vector",
        "line": "spinodal, first_order, spin_glass",
        "temperature": "d·T",
        "alpha_d": "α·d",
    },
    rules=False,
    options={
        "dimensions": listed("components", "d", {"type": "integer", "minimum": 1}),
        "temperatures": integer("count", "from 0 to 1, of each line", at_least=3, default=12),
    },
)
