"""Looks of the kinds of final states (memorised, spurious, generalised), and table columns."""

from plmemory.figures.shared.look import Look

KINDS = {  # in the order of their numbers in results
    "memorised": Look("memorised", "#332288", "o"),
    "spurious": Look("spurious", "#CC6677", "^"),
    "generalised": Look("generalised", "#117733", "s"),
}
QUALITY = Look("overlap with the nearest held-out image", "#000000", "", "-")
REAL = Look("the same of real images", "#000000", "", "--")
REAL_KINDS = tuple(f"{name}_real" for name in KINDS)  # columns, in the same order
EXAMPLES = r"training examples $K$"
COLUMNS = {  # of tables of final states
    "memory": "the rule that made it",
    "start": "random (noise), noisy_test or test (unseen images)",
    "dynamics": "sampling (along falling noise), attractor (at a fixed one), relaxation",
    "criterion": "of the fractions: distance (of images), weight (of an example, no threshold)",
    "K": "training examples",
    "sigma": "of the noise at the end, empty where there is none",
    "memorised, spurious, generalised": "fractions of the final states",
    "samples": "final states of each draw (S), on which the spurious fraction depends",
    "nearest_heldout": "overlap of the final states with the nearest held-out image",
    "nearest_heldout_real": "the same of real images, which are held out from those",
    "memorised_real, spurious_real, generalised_real": "the fractions of S real unseen images, "
    "as if they were final states, by distance",
    "unsettled": "fraction of final states of a dynamics that had not ended",
    "draws": "choices of the training examples",
    "dataset": "its name",
}
