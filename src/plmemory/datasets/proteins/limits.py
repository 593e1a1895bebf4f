"""When a structure counts as one of an alignment's family."""

MIN_IDENTITY = 0.5  # with the most similar sequence, of the residues placed
MIN_COVERAGE = 0.5  # of the sites
