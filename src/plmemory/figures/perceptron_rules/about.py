from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "A perceptron learns the labels of a random teacher: the error on new inputs, at fixed "
        "norms of the student and as gradient descent passes them. Symbols: means over teachers; "
        "lines: theory, with Hebb's rule and maximum stability as the two ends, and the errors of "
        "Bayes and Gibbs."
    ),
    see=(
        "The error has its minimum at a finite norm, between Hebb's rule at small and "
        "maximum stability at large ones, and nearly reaches the bound of Bayes there. "
        "Before that norm a free descent errs more than the optimum of the same norm."
    ),
    inputs=("data", "models"),
    row="load, curve, norm",
    columns={
        "alpha": "load P/N",
        "curve": "the learning rule; bayes, gibbs",
        "norm": "λ = |w|/√N; 0 and ∞ for rules that are a limit, empty for Bayes and Gibbs",
        "error": "arccos(R)/π, R the cosine with the teacher; empty on lines of theory",
        "theory": "the same for N to infinity",
        "teachers": "of the mean",
        "converged": "whether all searches ended",
    },
    needs=frozenset({"teacher"}),
    rule_needs=frozenset({"weights"}),
    charts=(
        Chart(
            "norm",
            ("error",),
            by=("curve",),
            panels=("alpha",),
            theory={"error": "theory"},
            log=("norm",),
        ),
    ),
)
