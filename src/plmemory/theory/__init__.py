"""Exact results for random patterns: the curves drawn over the points.

Stability distributions of the learning rules, the one-step retrieval map and the basins that
it predicts, and Hebb's retrieval at zero temperature. numpy and scipy only.
"""
