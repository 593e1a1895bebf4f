"""What every data set holds: what it says, and no test example that a network has learnt."""

import functools
from functools import partial

import numpy as np
import pytest
from unit import dataset_cases, own_arrays, own_images, recorded
from unit.test_proteins import load as protein_family
from unit.test_proteins import write_family

from plmemory.datasets import selection
from plmemory.datasets.feature_densities import load as feature_densities
from plmemory.datasets.features import load as features
from plmemory.datasets.mnist import load as mnist
from plmemory.datasets.mnist_angles import load as mnist_angles
from plmemory.datasets.mnist_tokens import load as mnist_tokens
from plmemory.datasets.random import load as random
from plmemory.datasets.random_vectors import load as random_vectors
from plmemory.datasets.spin_glass import load as spin_glass
from plmemory.datasets.teacher import load as teacher
from plmemory.files.labelled import Dataset
from plmemory.machine.backend import select
from plmemory.measures.attractors.starts import starts
from plmemory.networks.ising.network import ising
from plmemory.plan import registry
from plmemory.seeds import generator

REPLICATES, LEARNT = 3, 9
rng_of = partial(generator, 4, "disjoint")


def from_arrays(folder, test):
    values = own_arrays.spins((40, 30), rng_of("arrays"))
    if not test:
        file = own_arrays.save(folder / "a.npy", values)
        return own_arrays.ARRAYS.loaded(file=file, test_fraction=0.3)
    file = own_arrays.save(folder / "a.npy", values[:25])
    test_file = own_arrays.save(folder / "b.npy", values[25:])
    return own_arrays.ARRAYS.loaded(file=file, test_file=test_file)


def from_images(folder, test):
    pictures = rng_of("images").integers(0, 256, (30, 5, 7)).astype(np.uint8)
    if not test:
        seen = own_images.save(folder / "a", pictures)
        return own_images.IMAGES.loaded(folder=seen, test_fraction=0.3)
    seen = own_images.save(folder / "a", pictures[:20])
    unseen = own_images.save(folder / "b", pictures[20:])
    return own_images.IMAGES.loaded(folder=seen, test_folder=unseen)


def like_mnist():
    rng = rng_of("mnist")
    shapes = ((30, 28, 28), (30,), (12, 28, 28), (12,))
    drawn = [rng.integers(0, 256, shape).astype(np.uint8) for shape in shapes]
    drawn[1] %= 10
    drawn[3] %= 10
    return drawn


def from_mnist(folder):
    return mnist.prepare(*like_mnist(), threshold=127)


def from_mnist_angles(folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mnist_angles.raw_files, "read", lambda raw: like_mnist())
        return mnist_angles.load(rng_of, raw=folder, largest_angle=0.5)


def from_mnist_tokens(folder):
    return mnist_tokens.of_patches(from_mnist(folder), 2)


def from_features(folder):
    # Mixtures are drawn one by one: so many there are that none comes twice.
    settings = {"sites": 200, "features": 40, "nonzero": 5, "test_patterns": 15}
    return features.load(rng_of, patterns=20, replicates=REPLICATES, **settings)


def from_densities(folder):
    settings = {"sites": 200, "densities": [0.2, 0.4], "nonzero": 5, "test_patterns": 15}
    return feature_densities.load(rng_of, patterns=20, replicates=2, **settings)


def from_spin_glass(folder):
    settings = {"side": 8, "couplings": "gaussian", "boundary": "periodic", "chains": 1024}
    settings |= {"train_patterns": 64, "test_patterns": 32, "max_sweeps": 65536, "hottest": 3.5}
    return spin_glass.load(rng_of, replicates=2, temperature=3.0, **settings)


def from_proteins(folder):
    write_family(folder / "own.fa", rng_of("proteins"))
    return protein_family(folder / "own.fa")


MADE = {
    "arrays": partial(from_arrays, test=False),
    "arrays, two files": partial(from_arrays, test=True),
    "images": partial(from_images, test=False),
    "images, two folders": partial(from_images, test=True),
    "mnist": from_mnist,
    "mnist_tokens": from_mnist_tokens,
    "mnist_angles": from_mnist_angles,
    "features": from_features,
    "feature_densities": from_densities,
    "spin_glass": from_spin_glass,
    "proteins": from_proteins,
}
SIZES = {"patterns": 5, "sites": 8, "replicates": REPLICATES}
WITHOUT_TEST = {
    "random": lambda _: random.load(rng_of, **SIZES),
    "random_vectors": lambda _: random_vectors.load(rng_of, dimension=3, **SIZES),
    "teacher": lambda _: teacher.load(rng_of, **SIZES),
}
EVERY = MADE | WITHOUT_TEST | dataset_cases.MADE
RECORDED = recorded.read("datasets")
IMAGE_SHAPES = {"images": [5, 7], "mnist": [14, 14]}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The data set of a name, made once."""
    return functools.cache(lambda name: EVERY[name](tmp_path_factory.mktemp("made")))


def rows(states):
    return {state.tobytes() for state in np.ascontiguousarray(states)}


def test_every_data_set_is_here():
    kinds = {name.partition(",")[0] for name in MADE}
    assert kinds | WITHOUT_TEST.keys() == registry.datasets().keys()


@pytest.mark.parametrize("name", MADE | WITHOUT_TEST)
def test_files_say_what_they_hold(name, made):
    kind, data = name.partition(",")[0], made(name)
    about = registry.datasets()[kind]
    assert data.attrs["kind"] == kind
    assert " " in data.attrs["title"] or kind == "images"
    assert data.attrs.get("image_shape") == IMAGE_SHAPES.get(kind)
    replicates = ("replicate",) if about.instances or not about.pool else ()
    components = ("component",) if about.spins == "vectors" else ()
    for part, axis in (("train", "pattern"), ("test", "test_pattern")):
        assert (part in data) == (part == "train" or kind not in WITHOUT_TEST)
        if part in data:
            assert data[part].dims == (*replicates, axis, "site", *components)
    values = data["train"].values
    match about.spins:
        case "ising":
            assert set(np.unique(values)) == {-1, 1}
        case "potts":
            assert set(np.unique(values)) <= set(range(data.attrs["states"]))
        case "vectors":
            np.testing.assert_allclose(np.linalg.norm(values, axis=-1), 1, rtol=1e-6)


@pytest.mark.parametrize("name", EVERY)
def test_data_sets_are_those_of_the_record(name, made):
    """See ``recorded``: it guards against change."""
    recorded.check(list(recorded.summary(made(name))), RECORDED[name], 1e-4, 1e-5)


@pytest.mark.parametrize("name", MADE)
def test_training_and_test_examples_are_disjoint(name, made):
    data = made(name)
    train, test = data["train"].values, data["test"].values
    if "replicate" not in data["train"].dims:
        train, test = train[None], test[None]
    for learnt, unseen in zip(train, test, strict=True):
        assert len(rows(learnt)) == len(learnt)
        assert len(rows(unseen)) == len(unseen)
        assert rows(learnt).isdisjoint(rows(unseen))


@pytest.mark.parametrize("name", ["arrays", "mnist", "features", "proteins"])
def test_what_is_tested_was_not_learnt_by_that_replicate(name, made):
    """Of a pool and of drawn patterns, with a published draw and without; starts as well."""
    data = made(name)
    data.attrs["dataset"] = "toy"
    rngs = [rng_of("choice", r) for r in range(REPLICATES)]
    learnt, places = selection.training_set(data, LEARNT, REPLICATES, rngs)
    model = Dataset({}, attrs={"patterns": LEARNT})
    if places is not None:
        model["pattern_index"] = (("replicate", "pattern"), places)
    trained, tested = selection.trained_on(data, model), selection.tested_on(data, model)
    np.testing.assert_array_equal(trained, learnt)
    assert len(trained) == len(tested) == REPLICATES
    assert len({state.tobytes() for state in trained}) == REPLICATES  # no two learn the same
    network = ising(np.zeros((trained.shape[2],) * 2), select("cpu"))
    for r in range(REPLICATES):
        assert trained[r].shape[0] == len(rows(trained[r])) == LEARNT
        assert rows(trained[r]).isdisjoint(rows(tested[r]))
        rng = rng_of("starts", r)
        found = starts(
            network, trained[r], tested[r], most=5, random=0, corrupted_overlap=1.0, rng=rng
        )
        assert len(rows(found["train"])) == len(rows(found["test"])) == 5
        assert rows(found["train"]) <= rows(trained[r])
        assert rows(found["test"]) <= rows(tested[r])
