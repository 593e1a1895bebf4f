"""Some figures of the test scale that represent all figures where all would take too long.

They contain every kind of data set of the configuration, and every stage.
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
