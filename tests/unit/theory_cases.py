"""Every function of the theory, asked at a few arguments that are not neutral."""

import functools
import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import numpy as np

from plmemory import theory
from plmemory.theory import (
    attention,
    basins,
    cavity,
    denoising,
    dense,
    distribution,
    fixed_norm,
    hinge,
    hopfield,
    large_load,
    losses,
    medium,
    one_step,
    optimum,
    quadrature,
    ridge,
    sphere,
    stabilities,
    steps,
    teacher,
    vector_hessian,
    vectors,
)

DIGITS = 7
# Where a function is smallest, or a quadrature ends: known to fewer digits.
ROUGH = {"steps.overlaps": 4, "vectors.capacity, state": 4}
ROUGH |= {"basins.best_b, b": 4, "basins.widest_basin, b": 4, "fixed_norm.best_student, b": 4}
ROUGH |= {"large_load.best, l": 4, "vectors.first_order": 6}
X = np.array([-1.3, -0.2, 0.0, 0.4, 1.7])  # stabilities
M = np.array([0.05, 0.3, 0.71, 0.97])  # overlaps


def learned(found: Any) -> Any:
    """Numbers of a distribution of stabilities."""
    if found is None:
        return np.nan
    own = [getattr(found, name) for name in type(found).__annotations__ if name in FURTHER]
    quantiles = found.quantile(np.array([0.01, 0.3, 0.9]))
    smooth = np.exp(-(found.nodes**2) / 7) @ found.weights
    return [found.mean, found.std, smooth, *found.cdf(X), *found.density(X), *quantiles, *own]


FURTHER = ("b", "log_chi", "multiplier", "l2", "chi", "replicon")


def of_map(b: float, s: float) -> Any:
    found = cavity.CavityMap(b, s)
    at = [found.shift, found.gaussian, found.rise, found.density, found.stability]
    return [*(value for part in at for value in part(X)), found.kink, *found.support]


def of_loss(loss: optimum.Loss) -> Any:
    return [*loss.slope(X), *loss.bend(X), *loss.kinks, loss.floor(2.5)]


def of_moments(alpha: float, found: Any) -> Any:
    return [np.ravel(part) for part in medium.moments(found, alpha, 3)]


def of_state(found: Any) -> Any:
    return np.nan if found is None else list(found)


def of_spectrum(alpha: float, dimension: int) -> Any:
    state = vectors.retrieval(alpha, dimension)
    found = vector_hessian.spectrum(np.array([0.02, 0.1, 0.5, 1.4, 3.0]), state, dimension)
    return [*found.density, *found.localisation]


def of_fields(alpha: float, dimension: int) -> Any:
    state = vectors.retrieval(alpha, dimension)
    return vector_hessian.field_density(np.array([-0.1, 0.05, 0.3, 1.2]), state, dimension)


def state_of(alpha: float, dimension: int) -> Any:
    return vectors.retrieval(alpha, dimension)


def attended(*of: float) -> Any:
    return attention.one_step(M, attention.Attending(*of))


def drawn_lengths(x: float, dimension: int, width: float) -> Any:
    nodes, weights = sphere.lengths(x, dimension, width)
    return [weights.sum(), weights @ nodes, weights @ nodes**3, weights @ np.exp(-nodes / width)]


def panels(*of: float) -> Any:
    ends = quadrature.graded(*of)
    nodes, weights = quadrature.gauss_legendre(ends)
    return [len(ends), weights.sum(), weights @ np.cos(3 * nodes)]


WIDEST = [(0.2,), (0.9,), (1.9, 0.999), (0.7, 0.8)]
widest, lowest = functools.cache(basins.widest_basin), functools.cache(large_load.best)
student_at = functools.cache(fixed_norm.best_student)
PL, GARDNER = fixed_norm.pseudo_likelihood, stabilities.maximum_stability

Case = tuple[Callable[..., Any], list[tuple[Any, ...]]]
# By function: what is asked of it, and the arguments.
CASES: dict[str, Case] = {
    "attention.one_step": (
        attended,
        [(50, 100, 2, 1.5), (900, 150, 8, 3.0, 0.4), (2000, 40, 3, 0.01), (700, 300, 16, 2.0)],
    ),
    "basins.basin_boundary": (
        basins.basin_boundary,
        [(of,) for of in (PL(0.1, 1.0), PL(0.4, 3.0), PL(0.9, 8.0), PL(1.6, 2.0))]
        + [(PL(0.4, 3.0), 0.999), (GARDNER(0.8),), (GARDNER(1.5),)],
    ),
    "basins.best_b": (
        lambda *of: basins.best_b(*of)[1],
        BEST := [(0.5, 0.3), (0.8, 0.9), (0.5, 0.01)],
    ),
    "basins.best_b, b": (lambda *of: basins.best_b(*of)[0], BEST),
    "basins.widest_basin": (lambda *of: widest(*of)[1], WIDEST),
    "basins.widest_basin, b": (lambda *of: widest(*of)[0], WIDEST),
    "cavity.CavityMap": (of_map, [(0.7, 0.2), (3.0, 4.0), (12.0, 60.0), (0.05, -1.0)]),
    "denoising.circle_energy": (denoising.circle_energy, [(X, 0.7), (X, 3.0), (X, 400.0)]),
    "denoising.ring_radius": (denoising.ring_radius, [(0.9,), (1.001,), (1.7,), (90.0,)]),
    "denoising.pair_place": (denoising.pair_place, [(0.9,), (1.001,), (1.7,), (20.0,)]),
    "denoising.flip_capacity": (denoising.flip_capacity, [(M,), (np.array([0.0, 1.0, -1.0]),)]),
    "denoising.critical_overlap": (denoising.critical_overlap, [(0.01,), (0.4,), (0.69,), (0.7,)]),
    "denoising.noise_capacity": (denoising.noise_capacity, [(0.3,), (0.9,), (4.0,)]),
    "denoising.critical_sigma": (denoising.critical_sigma, [(0.001,), (0.3,), (0.69,), (0.7,)]),
    "dense.polynomial_error": (dense.polynomial_error, [(60, 2, 9), (60, 3, 90), (41, 4, 500)]),
    "dense.polynomial_capacity": (
        dense.polynomial_capacity,
        [(60, 2), (60, 3, 0.01), (41, 4, 0.2)],
    ),
    "dense.exponential_rate": (dense.exponential_rate, [(0.1,), (0.8,), (1.0,)]),
    "distribution.StabilityDistribution": (
        learned,
        [(stabilities.hebb(0.6),), (stabilities.pseudo_inverse(0.6),), (GARDNER(0.6),)],
    ),
    "distribution.normal_density": (distribution.normal_density, [(X,)]),
    "fixed_norm.pseudo_likelihood": (
        lambda alpha, b: learned(PL(alpha, b)),
        [(0.05, 0.3), (0.4, 3.0), (0.5, 150.0), (1.9, 20.0), (2.5, 1.5), (6.0, 0.2), (0.9, 0.01)],
    ),
    "fixed_norm.pseudo_likelihood_l2": (
        lambda alpha, l2: learned(fixed_norm.pseudo_likelihood_l2(alpha, l2)),
        [(0.3, 0.001), (0.5, 0.2), (0.9, 30.0), (2.5, 0.0), (4.0, 0.1)],
    ),
    "fixed_norm.free_optimum": (fixed_norm.free_optimum, [(2.0,), (2.1,), (3.0,), (9.0,)]),
    "fixed_norm.student": (
        lambda alpha, b: of_students(fixed_norm.student(alpha, b)),
        [(0.2, 0.5), (3.0, 2.0), (3.0, 60.0), (40.0, 30.0)],
    ),
    "fixed_norm.students": (
        lambda alpha, bs: of_students(*fixed_norm.students(alpha, bs)),
        [(1.5, [0.001, 0.3, 1.0, 9.0]), (12.0, [0.2, 11.0])],
    ),
    "fixed_norm.best_student": (lambda a: student_at(a).error, [(1.5,), (8.0,)]),
    "fixed_norm.best_student, b": (
        lambda a: of_students(student_at(a))[:3],
        [(1.5,), (8.0,)],
    ),
    "hinge.soft_margin": (
        lambda alpha, margin: learned(hinge.soft_margin(alpha, margin)),
        [(0.6, 0.4), (0.6, 1.5), (1.3, 12.0), (2.5, 1.0), (2.5, 0.05), (0.05, 7.0)],
    ),
    "hinge.has_margin": (hinge.has_margin, [(0.6, 0.4), (0.6, 1.5), (2.5, 0.1)]),
    "hopfield.hopfield_capacity": (hopfield.hopfield_capacity, [()]),
    "hopfield.hopfield_overlap": (hopfield.hopfield_overlap, [(0.002,), (0.1,), (0.137,), (0.2,)]),
    "hopfield.hopfield_overlap_at": (
        hopfield.hopfield_overlap_at,
        [(0.05, 0.0), (0.05, 0.4), (0.1, 0.1), (0.01, 0.8), (0.05, 0.9), (0.02, 1.2)],
    ),
    "large_load.early": (large_load.early, [([0.01, 0.5, 30.0],)]),
    "large_load.late": (large_load.late, [([0.002, 0.5, 7.0],), ([0.9],)]),
    "large_load.best": (lambda: lowest()[1], [()]),
    "large_load.best, l": (lambda: lowest()[0], [()]),
    "large_load.descent": (large_load.descent, [([0.01, 0.7, 12.0],), ([2.0],)]),
    "losses.exponential": (lambda b: of_loss(losses.exponential(b)), [(1.7,)]),
    "losses.squared_hinge": (lambda m: of_loss(losses.squared_hinge(m)), [(0.4,)]),
    "losses.quadratic": (lambda t: of_loss(losses.quadratic(t)), [(0.4,)]),
    "losses.missed": (lambda g: of_loss(losses.missed(g)), [(0.3,), (1.7,)]),
    "medium.symmetry": (
        medium.symmetry,
        [(PL(0.4, 3.0), 0.4), (stabilities.hebb(0.3), 0.3), (GARDNER(1.6), 1.6)],
    ),
    "medium.moments": (
        of_moments,
        [(0.4, PL(0.4, 3.0)), (1.6, GARDNER(1.6)), (0.7, stabilities.pseudo_inverse(0.7))],
    ),
    "one_step.one_step_map": (
        one_step.one_step_map,
        [(PL(0.4, 3.0), M), (X, np.array([-1, -0.4, 0.0, 0.6, 1])), (GARDNER(0.8), M)],
    ),
    "optimum.optimum": (
        lambda alpha, loss: learned(optimum.optimum(alpha, loss)),
        [
            (0.4, losses.exponential(1.5)),
            (2.5, losses.exponential(0.6)),
            (0.8, losses.squared_hinge(1.4)),
            (0.3, losses.squared_hinge(0.5)),
            (3.0, losses.quadratic(1.3)),
            (0.3, losses.missed(0.5)),
            (0.3, losses.missed(5.0)),
        ],
    ),
    "quadrature.graded": (panels, [(-3.0, 7.0, 1.5, 1e-3), (0, 2, 0, 0.3), (-1, 1.5, 4.0, 0.2)]),
    "quadrature.gauss_legendre": (
        lambda ends: [np.sort(part)[[0, 5, 11]] for part in quadrature.gauss_legendre(ends)],
        [(np.array([0.5, 2.0]),)],
    ),
    "ridge.dreaming": (
        lambda alpha, time: learned(ridge.dreaming(alpha, time)),
        [(0.3, 0.0), (0.3, 2.0), (1.8, 40.0), (0.2, 300.0)],
    ),
    "ridge.response": (ridge.response, [(0.3, 2.0), (1.8, 40.0), (0.2, 300.0)]),
    "sphere.check_dimension": (lambda d: sphere.check_dimension(d) or d, [(3,)]),
    "sphere.alignment": (
        sphere.alignment,
        [(np.array([0.0, 0.3, 2.0, 17.0, 300.0]), d) for d in (2, 3, 8)]
        + [(np.array([0.3, 2.0, 300.0]), 1)],
    ),
    "sphere.log_normaliser": (
        sphere.log_normaliser,
        [(np.array([0.0, 0.3, 2.0, 17.0, 300.0]), d) for d in (1, 2, 3, 8)],
    ),
    "sphere.mean_length": (sphere.mean_length, [(1,), (2,), (9,)]),
    "sphere.kummer": (sphere.kummer, [(0.5, 1.5, X), (1.0, 4.0, 9.0)]),
    "sphere.projected": (sphere.projected, [(X, 1), (X, 3), (9.0, 8)]),
    "sphere.lengths": (drawn_lengths, [(0.0, 1, 1.0), (2.5, 3, 0.1), (15.0, 2, 3.0)]),
    "stabilities.hebb": (lambda a: learned(stabilities.hebb(a)), [(0.07,), (3.0,)]),
    "stabilities.pseudo_inverse": (lambda a: learned(stabilities.pseudo_inverse(a)), [(0.07,)]),
    "stabilities.gardner_stability": (
        stabilities.gardner_stability,
        [(0.01,), (0.7,), (1.99,), (2.0,)],
    ),
    "stabilities.maximum_stability": (lambda a: learned(GARDNER(a)), [(0.01,), (1.4,)]),
    "steps.overlaps": (
        steps.overlaps,
        [(PL(0.4, 3.0), 0.4, [0.2, 0.7], 3), (GARDNER(0.9), 0.9, [0.1, 0.4], 2)],
    ),
    "teacher.error": (teacher.error, [(0.0,), (0.3,), (0.99,)]),
    "teacher.hebb": (teacher.hebb, [(0.1,), (7.0,)]),
    "teacher.maximum_stability": (teacher.maximum_stability, [(0.1,), (2.0,), (30.0,)]),
    "teacher.missing_norm": (teacher.missing_norm, [(0.5, 0.0), (-0.4, 3.0), (2.0, 50.0)]),
    "teacher.version_space_overlap": (teacher.version_space_overlap, [(0.1,), (2.0,), (30.0,)]),
    "teacher.gibbs": (teacher.gibbs, [(0.1,), (2.0,)]),
    "teacher.bayes": (teacher.bayes, [(0.1,), (2.0,)]),
    "vector_hessian.field_shift": (
        lambda alpha, d: vector_hessian.field_shift(state_of(alpha, d), d),
        [(0.05, 2), (0.04, 3), (0.02, 5)],
    ),
    "vector_hessian.field_density": (of_fields, [(0.05, 2), (0.04, 3)]),
    "vector_hessian.spectrum": (of_spectrum, [(0.05, 2), (0.04, 3), (0.02, 5)]),
    "vectors.capacity": (
        lambda *of: vectors.capacity(*of).alpha,
        SPINODALS := [(1,), (2,), (7,), (1, 0.3), (3, 0.1), (2, 0.45)],
    ),
    "vectors.capacity, state": (lambda *of: of_state(vectors.capacity(*of)), SPINODALS),
    "vectors.retrieval": (
        lambda *of: of_state(vectors.retrieval(*of)),
        [(0.1, 1), (0.2, 1), (0.03, 2, 0.1), (0.04, 3), (0.001, 3, 0.3)],
    ),
    "vectors.no_retrieval": (
        lambda *of: of_state(vectors.no_retrieval(*of)),
        [(0.1, 1), (0.3, 3, 0.2), (0.3, 3, 0.6), (2.0, 2, 0.4)],
    ),
    "vectors.first_order": (lambda *of: of_state(vectors.first_order(*of)), [(1,), (3,), (2, 0.2)]),
    "vectors.spin_glass_temperature": (vectors.spin_glass_temperature, [(0.3, 3)]),
    "vectors.replicon": (
        lambda alpha, d: vectors.replicon(state_of(alpha, d), d),
        [(0.05, 2), (0.04, 3), (0.02, 5)],
    ),
    "vectors.one_step": (vectors.one_step, [(M, 0.3, 1), (M, 0.3, 3), (M, 4.0, 8)]),
    "vectors.denoising_load": (vectors.denoising_load, [(0.0, 3), (0.4, 1), (0.97, 8)]),
}


def of_students(*found: fixed_norm.Student) -> Any:
    return [number for one in found for number in (one.b, one.overlap, one.log_chi, one.error)]


def functions() -> set[str]:
    """All public functions of the theory, and the classes that compute."""
    found = set()
    for told in pkgutil.iter_modules(theory.__path__):
        module = importlib.import_module(f"plmemory.theory.{told.name}")
        for name, value in vars(module).items():
            own = getattr(value, "__module__", "") == module.__name__ and name[0] != "_"
            if own and (inspect.isfunction(value) or name in COMPUTING):
                found.add(f"{told.name}.{name}")
    return found


COMPUTING = ("CavityMap", "StabilityDistribution")


def numbers(name: str) -> list[list[float]]:
    """What a function gives, for each of its arguments."""
    ask, arguments = CASES[name]
    found = (ask(*of) for of in arguments)
    parts = (each if isinstance(each, list) else [each] for each in found)
    return [[float(x) for part in each for x in np.ravel(part)] for each in parts]
