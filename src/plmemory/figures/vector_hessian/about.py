from plmemory.plan.about import Figure

ABOUT = Figure(
    caption=(
        "Curvature of the energy of vector networks under Hebb's rule, at memories and at minima "
        "from random states. a: density of the eigenvalues. b: lengths of the local fields. c: N "
        "times the mean inverse participation ratio of the modes. d: that of the lowest mode "
        "against the size, mean (filled) and typical (geometric mean, open). Lines are exact for "
        "memories and infinitely many sites."
    ),
    inputs=("hessian",),
    row="quantity, size, start, bin; N = inf: theory between",
    columns={
        "quantity": "density, field, localisation, lowest",
        "d": "components of a vector",
        "N": "sites",
        "start": "memory, random",
        "eigenvalue": "centre of the bin; of lowest the mean of the lowest eigenvalue",
        "length": "of a field, centre of the bin",
        "density": "of the eigenvalues or the lengths, whose integral is one",
        "localisation": "N times the inverse participation ratio: mean of the modes of the bin",
        "typical": "of lowest: geometric mean over states",
        "theory": "of the density or the localisation",
        "states": "that are behind it",
    },
    several=True,
    spins=frozenset({"vectors"}),
    rule_needs=frozenset({"energy"}),
)
