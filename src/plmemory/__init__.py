"""Associative memories trained by pseudo-likelihood: data, learning, attractors, theory."""

__version__ = "0.1.0"
