from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "A network of two layers learns labels: the test error along the norm of its weights, the "
        "norm at which it is nearly at its smallest, and the smallest error, against the number of "
        "examples. The two exponents of the norm are to predict that of the error."
    ),
    see=(
        "Along its training the network passes the same errors at the same norms, however "
        "many examples it has, until it departs to its own optimum. The norm of the "
        "optimum and the smallest error follow powers of the number of examples, whose "
        "exponents are to agree with the product of the two others."
    ),
    inputs=("models",),
    row="P, recorded step; P (the optimum); exponent",
    columns={
        "P": "training examples",
        "step": "of the training",
        "norm": "spectral complexity of the weights",
        "test_error": "fraction of wrong labels among test examples",
        "train_error": "the same among training examples",
        "optimal_norm": "at which the test error comes within 5 % of its smallest",
        "smallest_error": "of test examples on the way",
        "exponent": (
            "gamma_1 of the error in the norm, by k λ^(−γ₁) + q at the largest P; gamma_2 of the "
            "optimal norm in P; gamma_predicted, their product; gamma of the smallest error in P"
        ),
        "value": "of the exponent",
        "draws": "choices of the training examples",
        "dataset": "its name",
    },
    one_rule=True,
    rule_needs=frozenset({"clock"}),
    charts=(Chart("norm", ("test_error", "train_error"), by=("P",), log=("norm",)),),
)
