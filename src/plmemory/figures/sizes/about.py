from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Does the boundary of the basins depend on the size of the network? The initial overlap "
        "from which patterns are retrieved against 1/N, by both definitions (half of the starts; "
        "mean final overlap above 0.95) and under synchronous and sequential dynamics. Lines are "
        "least squares in 1/N, weighted by the errors; the symbols at 1/N = 0 are their ends. Bars "
        "hold the mean with 68 % probability."
    ),
    see=(
        "Lines that are flat say that small networks already tell the boundary of large "
        "ones; lines that rise to the right say that small ones have narrower basins. The "
        "mean definition depends on the size far more than the half definition, and the "
        "order of the rules stays the same."
    ),
    inputs=("storage",),
    row="rule, load, definition, dynamics, size",
    columns={
        "definition": "half: half of the starts end above 0.95; mean: their mean does",
        "dynamics": "synchronous, sequential",
        "N": "sites; inf: the extrapolation",
        "overlap": "smallest initial overlap of retrieval",
        "slope": "in 1/N, of the extrapolation",
        "chi2": "of the extrapolation, per degree of freedom",
        "draws": "of the patterns",
    },
    several=True,
    charts=(Chart("N", ("overlap",), panels=("definition", "dynamics"), log=("N",)),),
)
