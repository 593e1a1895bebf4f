"""Every number that a function checks is taken up to its bound, and refused beyond it."""

import contextlib
import io
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import numpy as np
import pytest
from unit.descents import descend

from plmemory.datasets import selection
from plmemory.datasets.arrays import header as arrays
from plmemory.datasets.arrays import table
from plmemory.datasets.features import load as features
from plmemory.datasets.images import header
from plmemory.datasets.images import load as images
from plmemory.datasets.proteins import alignments, contents, structures
from plmemory.datasets.random_vectors import load as random_vectors
from plmemory.datasets.spin_glass import load as spin_glass
from plmemory.errors import InputError
from plmemory.estimator.settings import check
from plmemory.files.labelled import Dataset
from plmemory.learning.daydreaming import learn as daydreaming
from plmemory.learning.dreaming import learn as dreaming
from plmemory.learning.margin_perceptron import learn as margin_perceptron
from plmemory.learning.minover import learn as minover
from plmemory.learning.noise_training import learn as noise_training
from plmemory.learning.perceptron_rows.result import norms_between
from plmemory.learning.potts.learn import check_colours
from plmemory.learning.probability_flow import learn as probability_flow
from plmemory.learning.pseudo_likelihood_optimum import learn as optimum
from plmemory.learning.soft_margin import learn as soft_margin
from plmemory.machine.backend import select
from plmemory.networks.potts.given import given as potts_given
from plmemory.networks.vectors.states import check_unit
from plmemory.theory import dense, fixed_norm, hinge, hopfield, losses, ridge, teacher, vectors
from plmemory.theory import optimum as any_loss
from plmemory.theory.one_step import one_step_map
from plmemory.theory.sphere import check_dimension
from plmemory.theory.stabilities import gardner_stability, maximum_stability
from plmemory.theory.stabilities import hebb as hebb_theory
from plmemory.theory.stabilities import pseudo_inverse as pseudo_inverse_theory
from plmemory.theory.steps import overlaps
from plmemory.theory.vector_hessian import spectrum

DOUBLE = select("cpu", "float64")
PATTERNS = np.random.default_rng(1).choice(np.array([-1, 1], np.int8), (1, 3, 12))
POOL = Dataset({"train": (("pattern", "site"), PATTERNS[0])}, attrs={"dataset": "pool"})
FEW = {"tolerance": 0.5, "max_iterations": 2}
GLASS = {"couplings": "gaussian", "boundary": "free"}
inf, nan, tiny = np.inf, np.nan, 1e-3


def rng():
    return np.random.default_rng(2)


def learn(rule, name, **further):
    """A rule as a function of one of its settings."""
    return lambda value: rule.learn(PATTERNS, DOUBLE, [rng()], **{name: value}, **further)


def mixed(nonzero):
    sizes = {"patterns": 2, "test_patterns": 1, "sites": 9, "features": 4}
    return features.generate(nonzero=nonzero, rngs=[rng()], **sizes)


def picture(width, height):
    """What is known of an image of grey levels before its pixels are read."""
    return SimpleNamespace(width=width, height=height, size=(width, height), mode="L", format="PNG")


def cropped(crop):
    images.prepare(np.zeros((3, 5), np.uint8), crop, None, "a.png")


def npy(length, shape=(0, 5)):
    """The header, padded to this length, of an array without numbers."""
    text = str({"descr": "<f8", "fortran_order": False, "shape": shape}).ljust(length)
    content = b"\x93NUMPY\1\0" + length.to_bytes(2, "little") + text.encode()
    return arrays.npy(io.BytesIO(content), len(content), Path("a.npy"))


def line_of(length):
    with mock.patch.object(Path, "open", return_value=io.StringIO("1" * length)):
        return list(table.lines(Path("a.csv")))


def file_of(size):
    """A file of this size, that cannot be read."""
    stat = mock.patch.object(Path, "stat", return_value=SimpleNamespace(st_size=size))
    return stat, mock.patch.object(Path, "read_bytes")


def of_size(read):
    """A function of the size of the file: what is within it does not matter."""

    def ask(size):
        stat, content = file_of(size)
        text = mock.patch.object(contents, "text", side_effect=Read)
        with stat, content, text, contextlib.suppress(Read):
            read(Path("a"))

    return ask


class Read(Exception):
    """The file was read."""


def chain_of(count):
    """A structure of this number of residues, all at one place."""
    residue = structures.AminoAcid("A", {"CA": np.zeros(3)})
    with (
        mock.patch.object(contents, "read"),
        mock.patch.object(contents, "text"),
        mock.patch.object(structures, "_chains", return_value={"A": None}),
        mock.patch.object(structures, "amino_acids", return_value=([residue] * count, [])),
        mock.patch.object(structures, "heavy_distances"),
        mock.patch.object(structures, "beta_distances"),
    ):
        return structures.read(Path("a.pdb"), None)


def picture_of(size):
    """An image file of this size, of which only the size is looked at."""
    stat, _ = file_of(size)
    with stat, mock.patch("PIL.Image.open", side_effect=Read):
        try:
            with header.opened(Path("a.png")):
                pass
        except InputError as fault:
            if "(Read)" not in str(fault):
                raise


def option(name):
    """An option of the methods of a memory."""
    return lambda value: check(**{name: value})


# What is asked, the values that are taken, and those that are refused.
ASKED = {
    "features: nonzero": (mixed, [1, 4], [0, 5]),
    "random vectors: dimension": (
        lambda d: random_vectors.generate(2, 3, d, [rng()]),
        [1, 2],
        [0],
    ),
    "lattice: free side": (lambda s: spin_glass.lattice(s, **GLASS, rng=rng()), [2, 3], [1]),
    "lattice: periodic side": (
        lambda s: spin_glass.lattice(s, "bimodal", "periodic", rng()),
        [4, 6],
        [2, 3, 5],
    ),
    "examples of a pool": (
        lambda p: selection.training_set(POOL, p, 1, [rng()]),
        [1, 3],
        [0, 4],
    ),
    "pixels of an image": (
        lambda width: header._check(picture(width, 2**13), Path("a.png")),
        [4096],
        [4097],
    ),
    "pixels of an image by its rows": (
        lambda height: header._check(picture(2**10, height), Path("a.png")),
        [2**15],
        [2**15 + 1],
    ),
    "pixels of a row": (
        lambda width: header._check(picture(width, 2), Path("a.png")),
        [2**16],
        [2**16 + 1],
    ),
    "pixels of a column": (
        lambda height: header._check(picture(2, height), Path("a.png")),
        [2**16],
        [2**16 + 1],
    ),
    "header of an array": (npy, [100, 10_000], [10_001]),
    "entries along an axis": (lambda n: npy(99, (0, n)), [2**63 - 1], [-1, 2**63]),
    "characters of a line": (line_of, [2**22 - 1], [2**22]),
    "lines of an alignment": (
        lambda count: contents.text(b"A" + b"\n" * count, "a", expected="it", limit=2**23),
        [2**22],
        [2**22 + 1],
    ),
    "bytes of an alignment": (of_size(alignments.read), [2**27], [2**27 + 1]),
    "bytes of a structure": (
        of_size(lambda path: structures.read(path, None)),
        [40_000_000],
        [40_000_001],
    ),
    "residues of a chain": (chain_of, [10_000], [10_001]),
    "bytes of an image": (picture_of, [2**28], [2**28 + 1]),
    "rows of a crop": (lambda rows: cropped([rows, 4]), [1, 3], [4]),
    "columns of a crop": (lambda columns: cropped([2, columns]), [1, 5], [6]),
    "colours": (
        lambda c: check_colours(np.array([[0, c]]), 3),
        [0, 2],
        [-1, 3],
    ),
    "seeds": (option("random_state"), [None, 0, 7], [-1, 0.5]),
    "steps": (option("max_steps"), [1, 2], [0, 1.5, None]),
    "random starts": (option("random_starts"), [0, 1], [-1, None]),
    "replicates": (option("replicate"), [0, 1], [-1, None]),
    "orders": (option("order"), ["synchronous", "sequential"], ["random", None]),
    "an overlap": (option("initial_overlap"), [-1, 0.3, 1], [-1.01, 1.01, None]),
    "overlaps": (
        option("initial_overlaps"),
        [[-1.0], [0.2, 1]],
        [[0.5, -1.01], [1.01], 0.3],
    ),
    "the length of a vector": (
        lambda length: check_unit(np.array([[0.0, length]]), "X"),
        [1.0, 1.00009, 0.99991],
        [1.00011, 0.99989, 0.0],
    ),
    "colours of a byte": (
        lambda c: potts_given(np.array([[0, c]]), "X", {}, states=None),
        [0, 127],
        [128, -1, 0.5],
    ),
    "colours that are told": (
        lambda c: potts_given(np.array([[0, c]]), "X", {}, states=3),
        [0, 2],
        [3],
    ),
    "norms": (lambda n: norms_between(n, 0.5, 3), [tiny, 0.4], [0.0, 0.5, 0.6]),
    "largest norm": (lambda n: norms_between(0.1, n, 3), [0.2, 9.0], [0.1, inf]),
    "noise": (learn(noise_training, "training_overlap", **FEW), [tiny, 0.99], [0.0, 1.0, 1.5]),
    "flow": (learn(probability_flow, "scaled_norm", **FEW), [tiny, 9.0], [0.0, inf]),
    "target field": (learn(minover, "target_field", max_updates=9), [tiny, 2.0], [0.0, inf]),
    "margin": (learn(margin_perceptron, "margin", max_sweeps=2), [0.0, tiny], [-tiny, inf]),
    "soft margin": (learn(soft_margin, "margin", gap=0.5, max_iterations=2), [0.1], [0.0, inf]),
    "tau": (learn(daydreaming, "tau", epochs=1, batch=2), [0.5, 9.0], [0.0, inf]),
    "dreaming time": (learn(dreaming, "dreaming_time"), [0.0, tiny], [-tiny, inf]),
    "norm of an optimum": (
        learn(optimum, "scaled_norm", l2=None, inverse_temperature=0.7, **FEW),
        [tiny, 1.5],
        [0.0, -1.0],
    ),
    "decay of an optimum": (
        learn(optimum, "l2", scaled_norm=None, inverse_temperature=0.7, **FEW),
        [0.5, tiny],
        [-tiny],
    ),
    "epochs to record": (lambda e: descend(PATTERNS, epochs=3, record_epochs=[e]), [0, 3], [-1, 4]),
    "theory of dreaming": (lambda t: ridge.dreaming(0.5, t), [0.0, tiny], [-tiny, inf, nan]),
    "load of dreaming": (lambda a: ridge.dreaming(a, 1.0), [tiny, 5.0], [0.0, inf]),
    "load of Hebb": (hebb_theory, [tiny, 5.0], [0.0, inf]),
    "load of the pseudo-inverse": (pseudo_inverse_theory, [tiny, 0.99], [0.0, 1.0, 1.5]),
    "stability of a load": (gardner_stability, [tiny, 1.99], [0.0]),
    "load of maximum stability": (maximum_stability, [0.1, 1.99], [0.0, 2.5]),
    "load of Hopfield": (hopfield.hopfield_overlap, [tiny, 0.2], [0.0, -1.0]),
    "load of an optimum": (
        lambda a: any_loss.optimum(a, losses.quadratic(1.5)),
        [0.3, 3.0],
        [0.0, inf],
    ),
    "load of a fixed norm": (lambda a: fixed_norm.pseudo_likelihood(a, 0.5), [0.3], [0.0, inf]),
    "a fixed norm": (lambda b: fixed_norm.pseudo_likelihood(0.5, b), [0.1], [0.0, inf]),
    "load of a decay": (lambda a: fixed_norm.pseudo_likelihood_l2(a, 0.1), [0.3], [0.0, inf]),
    "a decay": (lambda l2: fixed_norm.pseudo_likelihood_l2(0.5, l2), [0.1], [0.0, inf]),
    "no decay": (lambda a: fixed_norm.pseudo_likelihood_l2(a, 0.0), [2.5], [1.5, 2.0]),
    "margin in theory": (lambda m: hinge.soft_margin(0.5, m), [0.1, 2.0], [0.0, inf]),
    "load of a margin": (lambda a: hinge.soft_margin(a, 1.0), [0.1, 2.0], [0.0, inf]),
    "load of a teacher": (teacher.hebb, [tiny, 9.0], [0.0, inf]),
    "overlap of one step": (
        lambda m: one_step_map(np.array([0.5, -0.1]), m),
        [-1, 0.0, 1],
        [-1.5, 1.5],
    ),
    "overlap of steps": (
        lambda m: overlaps(hebb_theory(0.5), 0.5, [m], 1),
        [0.0, 0.9],
        [-tiny, 1.0, 1.5],
    ),
    "a dimension": (check_dimension, [1, 2, 3.0], [0, 0.5, 1.5]),
    "a temperature of vectors": (lambda t: vectors.capacity(2, t), [0.0, 0.4], [-tiny, 0.5, 0.6]),
    "a load of vectors": (lambda a: vectors.retrieval(a, 2), [tiny], [0.0]),
    "an overlap of vectors": (
        lambda m: vectors.denoising_load(m, 2),
        [0.0, 0.5],
        [-tiny, 1.0, 1.5],
    ),
    "a dimension with a Hessian": (
        lambda d: spectrum(np.array([0.5]), vectors.retrieval(0.02, d), d),
        [2],
        [1],
    ),
    "an error": (lambda e: dense.polynomial_capacity(50, 3, e), [tiny, 0.45], [0.0, 0.5, 0.7]),
    "an overlap of a dense memory": (dense.exponential_rate, [tiny, 1.0], [0.0, 1.5]),
    "sites of a dense memory": (lambda n: dense.polynomial_error(n, 3, 5), [2], [1]),
    "the order of a dense memory": (lambda n: dense.polynomial_error(9, n, 5), [2], [1]),
}


@pytest.mark.parametrize("asked", ASKED)
def test_numbers_are_taken_up_to_their_bounds_and_no_further(asked):
    ask, taken, refused = ASKED[asked]
    for value in taken:
        ask(value)
    for value in refused:
        with pytest.raises(InputError, match="found"):
            ask(value)
