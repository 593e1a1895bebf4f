from plmemory.plan.about import Figure, listed
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Scaling laws of a perceptron with a teacher. The error over that of Hebb's rule falls as "
        "the root of the norm at every load, in the same way at fixed norm and on the way of a "
        "descent; the norm of the smallest error grows with the load, and errors at all loads fall "
        "on one curve. Symbols: means over teachers; lines: theory, black for infinite load."
    ),
    see=(
        "All loads follow one straight line until each leaves it at a norm in proportion "
        "to the load; divided by the load they fall on one curve. The best norm and the "
        "smallest error approach the dotted law as the load grows."
    ),
    inputs=("data", "models"),
    row="rule, load, norm; rule, load (the optimum); rule, exponent",
    columns={
        "source": "simulation, theory; limit: theory for α to infinity",
        "curve": "the learning rule",
        "alpha": "load P/N; ∞ of a limit",
        "norm": "λ = |w|/√N",
        "scaled_norm": "λ/α",
        "reduced_error": "ε over that of Hebb's rule",
        "theory": "of the reduced error",
        "scaled_error": "αε",
        "scaled_theory": "of αε",
        "optimal_norm": "λ/α of the smallest error where the load is ∞, else λ",
        "optimal_error": "the smallest error, times α where the load is ∞",
        "exponent": (
            "gamma_1 of the error in the norm, by k λ^(−γ₁) + q at the largest load; gamma_2 of "
            "the optimal norm in the load; "
            "gamma of the smallest reduced error in the load"
        ),
        "value": "of the exponent, as it is seen at these loads",
        "dataset": "its name",
        "teachers": "of the mean",
    },
    needs=frozenset({"teacher"}),
    rule_needs=frozenset({"weights"}),
    options={
        "lines": listed(
            "α = P/N",
            "further loads at which theory is drawn",
            {"type": "number", "exclusiveMinimum": 0},
            at_least=0,
            default=[],
        )
    },
    charts=(
        Chart(
            "norm",
            ("reduced_error",),
            by=("curve", "alpha"),
            theory={"reduced_error": "theory"},
            log=("norm", "reduced_error"),
        ),
        Chart(
            "scaled_norm",
            ("scaled_error",),
            by=("curve", "alpha"),
            theory={"scaled_error": "scaled_theory"},
            log=("scaled_norm", "scaled_error"),
        ),
    ),
)
