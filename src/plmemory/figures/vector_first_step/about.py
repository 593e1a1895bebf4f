from plmemory.plan.about import Figure, listed, number
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "First step of vector networks under Hebb's rule. a: overlap after one synchronous step "
        "against the initial one (symbols: simulation, lines: theory of Gaussian fields with the "
        "mean and variance of N sites, exact for infinitely many). b: the load below which one "
        "step raises the overlap, against the dimension, for several initial overlaps; dashed is "
        "the limit of small ones. c: overlap against time: above saturation it jumps at the first "
        "step and then decays."
    ),
    see=(
        "One step raises the overlap at loads far beyond the capacity, more so the larger "
        "the dimension. The history shows the price: above saturation the overlap jumps at "
        "the first step and then decays."
    ),
    inputs=("overlaps",),
    row="of panel map: dimension, initial overlap; limit: dimension, initial overlap; time: step",
    columns={
        "panel": "map, limit, time",
        "d": "components of a vector",
        "alpha": "load; in rows of the limit the load of denoising",
        "initial_overlap": "m₀",
        "one_step_overlap": "m₁, with its standard error",
        "theory": "m₁ of Gaussian fields with the mean and variance of N sites",
        "time": "synchronous steps",
        "overlap": "at that time",
    },
    several=True,
    spins=frozenset({"vectors"}),
    options={
        "denoising_overlaps": listed(
            "overlaps, 0…1",
            "whose limit of denoising is drawn",
            {"type": "number", "minimum": 0, "exclusiveMaximum": 1},
            default=[0.0, 0.5, 0.8],
        ),
        "followed_overlap": number(
            "overlap, 0…1",
            "initial overlap of the histories, the nearest that is measured",
            at_least=0,
            at_most=1,
            default=0.5,
        ),
    },
    charts=(
        Chart(
            "initial_overlap",
            ("one_step_overlap",),
            by=("d",),
            theory={"one_step_overlap": "theory"},
            where={"panel": ("map",)},
        ),
        Chart("time", ("overlap",), by=("d",), where={"panel": ("time",)}),
    ),
)
