from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Curvature of the energy of vector networks under Hebb's rule, at memories and at minima "
        "from random states. a: density of the eigenvalues. b: lengths of the local fields. c: N "
        "times the mean inverse participation ratio of the modes. d: that of the lowest mode "
        "against the size, mean (filled) and typical (geometric mean, open). Lines are exact for "
        "memories and infinitely many sites."
    ),
    see=(
        "Memories and minima from random states share the bulk of the spectrum and differ "
        "at its soft end. Participation ratios tell whether the softest modes sit on few "
        "sites or spread over all."
    ),
    inputs=("hessian",),
    row="quantity, size, start, bin; N = inf: theory between",
    columns={
        "quantity": "density, field, localisation, lowest, exponent, shift",
        "d": "components of a vector",
        "N": "sites",
        "start": "memory, random",
        "eigenvalue": "centre of the bin; of lowest the mean of the lowest eigenvalue",
        "length": (
            "of a field, centre of the bin; of shift the mean length less that of Gaussian fields"
        ),
        "density": (
            "of the eigenvalues or the lengths, whose integral is one; of exponent that of the "
            "density of eigenvalues below 0.2, as a power"
        ),
        "localisation": "N times the inverse participation ratio: mean of the modes of the bin",
        "typical": "of lowest: geometric mean over states",
        "theory": "of the density, the localisation or the shift",
        "states": "that are behind it",
    },
    several=True,
    spins=frozenset({"vectors"}),
    rule_needs=frozenset({"energy"}),
    charts=(
        Chart(
            "eigenvalue",
            ("density",),
            by=("N", "start"),
            theory={"density": "theory"},
            where={"quantity": ("density",)},
        ),
        Chart(
            "length",
            ("density",),
            by=("N", "start"),
            theory={"density": "theory"},
            where={"quantity": ("field",)},
        ),
    ),
)
