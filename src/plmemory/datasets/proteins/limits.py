"""Limits for a structure to belong to the family of an alignment."""

MIN_IDENTITY = 0.5  # of the placed residues, with the most similar sequence
MIN_COVERAGE = 0.5  # of the sites
