from plmemory.plan.about import Figure, listed, number
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Points on the unit circle and their energy E = −(1/β) log Σ exp(−β|x − ξ|²). a to c: one "
        "draw of few, some and many points (white), and the attractors of x ← D(x) (crosses), "
        "which are points, mixtures of points, and many places on the ring; d: infinitely many "
        "points. e: attractors against the number of points. f: two points at a distance a have a "
        "minimum each for βa² > 2, else a single one between them (line: y = tanh(βa²y/2)). "
        "g: mean distance of attractors of most points from the centre (line: infinitely many, "
        "none off the centre for β ≤ 1, where few points have one off it by chance). h: the energy "
        "along a radius."
    ),
    see=(
        "The attractors of few points are the points, of more of them mixtures shared by "
        "neighbours, of infinitely many a ring. The symbols lie on the exact merging of two "
        "points and on the exact radius."
    ),
    inputs=("data",),
    row=(
        "of panel map: place; points and attractors: one of them; number: K; pair: βa²/2; "
        "ring: β; profile: K, radius"
    ),
    columns={
        "panel": "map, points, attractors, number, pair, ring, profile",
        "K": "points; inf: infinitely many",
        "beta": "β",
        "x, y": "a place",
        "energy": "E there, in panel profile on average over directions",
        "number": "of attractors, panel number",
        "radius": "distance from the centre",
        "scaled": "βa²/2 of two points at a distance a",
        "place": "of the minimum of two points, from their middle in units of a/2",
        "theory": "of the energy, the place or the radius; infinitely many points",
        "unsettled": "fraction of starts that were still moving",
        "draws": "of the points",
    },
    rules=False,
    spins=frozenset({"vectors"}),
    options={
        "patterns": listed(
            "K", "points; attractors are counted at each", {"type": "integer", "minimum": 2}
        ),
        "maps": listed(
            "K", "three of the patterns, drawn", {"type": "integer"}, at_least=3, at_most=3
        ),
        "beta": number("1/length²", "β = 1/(2σ²) of maps and numbers", above=0, default=20.0),
    },
    charts=(Chart("K", ("number",), by=(), log=("K", "number"), where={"panel": ("number",)}),),
)
