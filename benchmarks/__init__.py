"""Comparisons with other programs: ``python -m benchmarks`` (see docs/performance.md)."""
