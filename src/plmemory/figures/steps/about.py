from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Retrieval step by step: overlap with the pattern after one, two and three synchronous "
        "steps, and after many, against the initial overlap. Symbols are "
        "simulations; solid lines theory for N to infinity (cavity method); dashed lines the map "
        "of one step, iterated as if every step met new errors. In a full network that map is "
        "exact at the first step only, in a strongly diluted one at every step."
    ),
    see=(
        "After the first step the iterated map leaves the simulation where sites remember "
        "earlier states. The difference panel is zero where every step meets new errors, "
        "and the solid lines of theory follow it where it is not."
    ),
    inputs=("steps",),
    row="rule, load, step, initial overlap",
    columns={
        "alpha": "patterns per site that a site hears from: P/N, in a diluted network P/c",
        "connectivity": "c, mean number of sites that a site hears from; NaN for all",
        "step": "how many; the last one has no theory",
        "initial_overlap": "after corruption",
        "overlap": "with the pattern",
        "iterated_map": (
            "one step from new errors at the overlap of the step before: exact where the "
            "stabilities are known, else measured"
        ),
        "excess": "of the overlap over that map, network by network",
        "theory": "for N to infinity by the cavity method, where the stabilities are known",
    },
    needs=frozenset({"independent"}),
    charts=(
        Chart(
            "initial_overlap",
            ("overlap", "excess"),
            by=("step",),
            panels=("rule", "alpha"),
            theory={"overlap": "theory"},
        ),
    ),
)
