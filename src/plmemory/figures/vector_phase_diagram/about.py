from plmemory.plan.about import Figure, integer, listed
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Phase diagram of the vector Hopfield network (replica-symmetric, no data): below the "
        "solid lines there are retrieval states, below the dashed ones they are the deepest, and "
        "below the dotted ones there is a spin glass. Axes are scaled by the dimension d."
    ),
    see=(
        "Scaled by the dimension the lines of retrieval nearly coincide: vectors store as "
        "much as spins do for each of their numbers. Retrieval states are the deepest only "
        "up to about half the load at which they vanish."
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
    charts=(Chart("temperature", ("alpha_d",), by=("d", "line")),),
)
