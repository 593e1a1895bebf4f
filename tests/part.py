"""Some figures of the test scale that stand for all of them where all would take too long.

Every kind of data set that the configuration has is in them, and every stage makes something.
"""

PART = (
    "random_stabilities",
    "features_diagram",
    "attractors_features",
    "mnist_completion",
    "spin_glass_inference",
    "protein_contacts",
    "vector_first_step",
    "attention_step",
    "attention_load",
    "perceptron_rules",
)
