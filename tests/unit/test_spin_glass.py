"""Spin-glass samples against exact enumeration, and the records of their sampling."""

from itertools import pairwise

import numpy as np
import pytest
import threadpoolctl
from scipy import stats

from plmemory.datasets.spin_glass import equilibration, multispin
from plmemory.datasets.spin_glass import load as spin_glass
from plmemory.datasets.spin_glass import parallel_tempering as tempering
from plmemory.errors import InputError
from plmemory.seeds import generator

SMALL = [(4, "gaussian", "periodic"), (4, "bimodal", "periodic"), (3, "gaussian", "free")]

# What differs from instance to instance.
MEASURED = ("equilibration_sweeps", "largest_deviation_hot_cold", "tau_energy_sweeps")
MEASURED += ("tau_overlap_sweeps", "thinning_sweeps", "lag_one_correlation_energy")
MEASURED += ("lag_one_correlation_overlap",)


def generate(side=4, temperature=0.9, couplings="gaussian", boundary="periodic", **options):
    options = {"train_patterns": 20_000, "test_patterns": 5_000, "chains": 1024, **options}
    rng = generator(3, "spin_glass", side, couplings, boundary)
    return spin_glass.generate(side, temperature, couplings, boundary, rng=rng, **options)


def enumerate_energies(couplings):
    """Energies of all 2**N states; state number n has spin i up where bit i of n is set."""
    sites = len(couplings)
    states = 2.0 * (np.arange(2**sites)[:, None] >> np.arange(sites) & 1) - 1
    return -0.5 * ((states @ couplings) * states).sum(axis=1)


def boltzmann(energies, temperature):
    weights = np.exp(-(energies - energies.min()) / temperature)
    return weights / weights.sum()


def state_numbers(states):
    return (states > 0) @ (1 << np.arange(states.shape[1]))


def classes_p_value(numbers, probabilities, classes):
    """Chi-square p-value of observed state numbers, states pooled into ``classes``."""
    expected = len(numbers) * np.bincount(classes, weights=probabilities)
    return stats.chisquare(np.bincount(classes[numbers], minlength=len(expected)), expected).pvalue


def energy_classes(energies, probabilities, classes=25):
    """About equally probable shells of energy; states of equal energy stay together."""
    level = np.unique(energies.round(9), return_inverse=True)[1]
    above = np.cumsum(np.bincount(level, weights=probabilities)) - 1e-12
    return np.unique(np.floor(classes * above)[level], return_inverse=True)[1]


def single_states(probabilities, samples):
    """A class for each state expected ten times or more, one for all others."""
    frequent = probabilities * samples >= 10
    return np.where(frequent, np.cumsum(frequent), 0)


@pytest.mark.parametrize(("side", "couplings", "boundary"), SMALL)
def test_samples_follow_the_boltzmann_distribution(side, couplings, boundary):
    data = generate(side, 0.9, couplings, boundary)
    assert data.attrs["status"] == "equilibrated"
    energies = enumerate_energies(data["couplings"].values)
    exact = boltzmann(energies, 0.9)
    for states in (data["train"].values, data["test"].values):
        numbers = state_numbers(states)
        for classes in (energy_classes(energies, exact), single_states(exact, len(numbers))):
            assert classes_p_value(numbers, exact, classes) > 1e-3
    # The same test finds a temperature that is wrong by a tenth.
    wrong = boltzmann(energies, 0.99)
    numbers = state_numbers(data["train"].values)
    assert classes_p_value(numbers, wrong, energy_classes(energies, wrong)) < 1e-6


def test_energies_are_exact_at_every_temperature():
    data = generate()
    energies = enumerate_energies(data["couplings"].values)
    exact = [boltzmann(energies, t) @ energies / 16 for t in data["temperature"].values]
    assert data.sizes["temperature"] > 2
    for name in ("energy", "energy_hot", "energy_cold"):
        z = (data[name].values - exact) / data[f"{name}_error"].values
        assert np.all(np.abs(z) < 4.5), name


def test_recorded_energies_are_those_of_the_states():
    rng = np.random.default_rng(8)
    graph = spin_glass.lattice(6, "gaussian", "periodic", rng)
    couplings = spin_glass.coupling_matrix(graph)
    chains = tempering.start(rng.choice([-1, 1], size=(1024, 36)), 3, rng)
    record = tempering.advance(chains, graph, [0.8, 1.1, 1.6], records=5, every=3)
    states = record.states.astype(float)
    expected = -0.5 * np.einsum("rci,ij,rcj->rc", states, couplings, states)
    np.testing.assert_allclose(record.energies[:, 0], expected, atol=1e-12)


def test_every_chain_has_a_stream_of_its_own():
    rng = np.random.default_rng(9)
    graph = spin_glass.lattice(8, "gaussian", "periodic", rng)
    chains = tempering.start(np.ones((2048, 64)), 1, rng)
    record = tempering.advance(chains, graph, [1.5], records=1, every=2)
    assert len(np.unique(record.states[0], axis=0)) == 2048


@pytest.mark.parametrize("boundary", ["periodic", "free"])
@pytest.mark.parametrize("law", ["gaussian", "bimodal"])
def test_lattice_has_the_right_bonds(boundary, law):
    graph = spin_glass.lattice(6, law, boundary, np.random.default_rng(1))
    couplings = spin_glass.coupling_matrix(graph)
    np.testing.assert_array_equal(couplings, couplings.T)
    bonded = couplings != 0
    row, column = np.divmod(np.arange(36), 6)
    distances = [np.abs(x[:, None] - x) for x in (row, column)]
    if boundary == "periodic":
        distances = [np.minimum(d, 6 - d) for d in distances]
    np.testing.assert_array_equal(bonded, sum(distances) == 1)
    assert not bonded[graph.colour[:, None] == graph.colour].any()
    values = couplings[bonded]
    if law == "bimodal":
        assert set(values) == {-1.0, 1.0}
    else:
        assert stats.kstest(couplings[np.triu(bonded)], "norm").pvalue > 1e-3


def test_the_generators_are_xoshiro256_plus_plus():
    """Blackman & Vigna 2021; the first words from the state 1, 2, 3, 4 are their reference's."""
    work = np.zeros(multispin.ROWS, np.uint64)
    rng = np.random.default_rng(3)
    work[: 4 * multispin.WORDS] = rng.integers(2**64, size=4 * multispin.WORDS, dtype=np.uint64)
    places = [5, multispin.WORDS + 5, 2 * multispin.WORDS + 5, 3 * multispin.WORDS + 5]
    work[places] = [1, 2, 3, 4]
    before, found = work.copy(), [int(multispin._random(work, 5)) for _ in range(10)]
    assert found[:4] == [41943041, 58720359, 3588806011781223, 3591011842654386]
    assert found[4:6] == [9228616714210784205, 9973669472204895162]
    assert found[8:] == [15849039046786891736, 10450023813501588000]
    others = np.setdiff1d(np.arange(len(work)), places)
    np.testing.assert_array_equal(work[others], before[others])


def test_generators_begin_with_random_bits_each_with_its_own():
    streams = tempering.start(np.ones((2048, 4)), 1, np.random.default_rng(5)).streams
    assert streams.shape == (2, 4 * multispin.WORDS)
    assert len(np.unique(streams)) == streams.size
    bits = np.unpackbits(streams[:, multispin.WORDS :].reshape(-1, 1).view(np.uint8), axis=1)
    assert abs(bits.mean(axis=0) - 0.5).max() < 5 * 0.5 / np.sqrt(len(bits))
    assert (streams[:, : multispin.WORDS] & np.uint64(1) == 1).all()


def test_all_functions_of_two_neighbours_are_in_the_row_of_their_number():
    words = multispin.WORDS
    work = np.random.default_rng(4).integers(2**64, size=multispin.ROWS, dtype=np.uint64)
    tables = np.empty(16 * words, np.uint64)
    multispin._functions(work, tables)
    x, y = (
        np.unpackbits(work[row : row + words].view(np.uint8)) for row in (multispin.X, multispin.Y)
    )
    for number in range(16):
        found = np.unpackbits(tables[number * words : (number + 1) * words].view(np.uint8))
        np.testing.assert_array_equal(found, number >> (x + 2 * y) & 1)


def test_hot_and_cold_starts_agree_and_samples_are_independent():
    data = generate(8, 0.9, train_patterns=6_400, test_patterns=1_600)
    assert data.attrs["status"] == "equilibrated"
    assert data.attrs["largest_deviation_hot_cold"] < 4
    # Windows of 256 records, each as long as all before: 256 times a power of two.
    windows, rest = divmod(data.attrs["equilibration_sweeps"], 256)
    assert rest == 0
    assert windows in (2, 4, 8, 16, 32, 64)
    assert data.attrs["thinning_sweeps"] >= 5 * data.attrs["tau_overlap_sweeps"]
    for name in ("energy", "overlap"):
        assert abs(data.attrs[f"lag_one_correlation_{name}"]) < 0.1
    assert np.all((data["swap_rate"].values > 0.15) & (data["swap_rate"].values < 0.7))
    assert data["train"].values.dtype == np.int8
    assert set(np.unique(data["train"].values)) == {-1, 1}
    # Training and test chains see the same energies.
    means = [
        -0.5 * ((s @ data["couplings"].values) * s).sum(1)
        for s in (data["train"].values, data["test"].values)
    ]
    assert stats.ttest_ind(*means).pvalue > 1e-3


def test_magnetisation_is_symmetric():
    data = generate(8, 0.9, train_patterns=6_400, test_patterns=1_600)
    magnetisation = data["train"].values.mean(axis=1)
    chains = data.attrs["chains"] - data.attrs["test_chains"]
    for odd in (magnetisation, magnetisation**3):
        # The chains are independent, so their means give the standard error.
        means = np.array([odd[chain::chains].mean() for chain in range(chains)])
        assert abs(means.mean()) < 4 * means.std(ddof=1) / np.sqrt(chains)


def test_a_run_that_is_too_short_says_so():
    data = generate(8, 0.15, train_patterns=64, test_patterns=64, max_sweeps=600)
    assert data.attrs["status"] == "not equilibrated"


def rng_of(*identity):
    return generator(3, "data", "toy", *identity)


def test_a_data_set_that_is_not_at_equilibrium_is_refused():
    settings = {"side": 8, "couplings": "gaussian", "boundary": "free", "chains": 1024}
    settings |= {"train_patterns": 64, "test_patterns": 64, "max_sweeps": 600}
    with pytest.raises(InputError, match=r"^max_sweeps: found 600, which does not equilibrate"):
        spin_glass.load(rng_of, replicates=1, temperature=0.15, **settings)


@pytest.mark.parametrize("leading", [(), (2,), (2, 5)])
def test_ladders_of_several_lengths_are_filled_up_with_nan(leading):
    parts = [np.random.default_rng(k).random((*leading, length)) for k, length in ((1, 4), (2, 3))]
    stacked = spin_glass._stacked(parts)
    assert stacked.shape == (2, *leading, 4)
    np.testing.assert_array_equal(stacked[0], parts[0])
    np.testing.assert_array_equal(stacked[1, ..., :3], parts[1])
    assert np.isnan(stacked[1, ..., 3]).all()


def test_every_replicate_is_an_instance_with_samples_and_a_ground_state_of_its_own():
    settings = {"side": 4, "couplings": "gaussian", "boundary": "periodic", "chains": 1024}
    settings |= {"train_patterns": 64, "test_patterns": 32, "max_sweeps": 65536, "hottest": 3.5}
    data = spin_glass.load(rng_of, replicates=4, temperature=0.5, **settings)
    assert data.attrs["sample_temperature"] == 0.5
    alone = [
        spin_glass.generate(temperature=0.5, rng=rng_of(replicate), **settings)
        for replicate in range(4)
    ]
    ladders = {instance.sizes["temperature"] for instance in alone}
    assert len(ladders) > 1  # so that some are filled up
    for r, instance in enumerate(alone):
        for name, variable in instance.variables.items():
            of_all = data[name]
            assert of_all.dims == ("replicate", *variable.dims)
            assert of_all.attrs == variable.attrs
            own = of_all.values[r][..., : variable.values.shape[-1]]
            np.testing.assert_array_equal(own, variable.values)
            assert np.isnan(of_all.values[r][..., variable.values.shape[-1] :]).all()
        for name in MEASURED:
            assert data[name].values[r] == instance.attrs[name]
            assert name not in data.attrs
        energies = enumerate_energies(instance["couplings"].values)
        number = state_numbers(data["ground_state"].values[r][None])[0]
        assert energies[number] == pytest.approx(energies.min())
    assert len(np.unique(data["couplings"].values, axis=0)) == 4
    assert data["train"].values.dtype == data["ground_state"].values.dtype == np.int8


def test_hot_starts_far_from_equilibrium_are_seen():
    # One cold temperature alone: quenched and annealed chains are stuck at different energies.
    rng = np.random.default_rng(4)
    graph = spin_glass.lattice(12, "gaussian", "periodic", rng)
    result = equilibration.equilibrate(graph, np.array([0.1]), 1024, 600, rng)
    assert not result.reached
    assert np.abs(result.deviation).max() > 4


def test_frozen_chains_agree_exactly():
    means, errors = np.array([[-2.0, 1.0, 0.5], [-2.0, 3.0, 0.4]]), np.array([[0, 3, 0], [0, 4, 0]])
    nothing = np.empty(0)
    result = equilibration.Equilibrium(None, nothing, means, errors, 0.5, 0.5, False)
    np.testing.assert_array_equal(result.deviation, [0.0, -0.4, np.inf])


def test_threads_do_not_change_the_samples():
    found = []
    for threads in (1, 2, 3):
        with threadpoolctl.threadpool_limits(threads):
            found.append(generate(6, train_patterns=500, test_patterns=100, chains=3072))
    one, *others = found
    for other in others:
        assert other.attrs == one.attrs
        assert other.variables.keys() == one.variables.keys()
        for name, variable in one.variables.items():
            assert other[name].dims == variable.dims
            assert other[name].attrs == variable.attrs
            np.testing.assert_array_equal(other[name].values, variable.values)


def test_ladder_is_one_temperature_above_the_hottest():
    graph = spin_glass.lattice(4, "gaussian", "free", np.random.default_rng(0))
    np.testing.assert_array_equal(equilibration.ladder(graph, 3.0, 2.0), [3.0])
    temperatures = equilibration.ladder(graph, 0.5, 2.0)
    assert temperatures[0] == pytest.approx(0.5)
    assert temperatures[-1] == pytest.approx(2.0)
    assert np.all(np.diff(temperatures) > 0)


@pytest.mark.parametrize("law", ["gaussian", "bimodal"])
def test_temperatures_of_the_ladder_are_equally_far_by_the_heat_capacity_of_its_bonds(law):
    """The root of C = sum over the bonds (J/T)^2 / cosh^2(J/T), over d ln T, on a finer grid."""
    graph = spin_glass.lattice(6, law, "periodic", np.random.default_rng(1))
    couplings = spin_glass.coupling_matrix(graph)
    bonds = couplings[np.triu_indices(36, 1)]

    def distance(low, high):
        logs = np.linspace(np.log(low), np.log(high), 4001)
        reduced = bonds[:, None] / np.exp(logs)
        capacity = ((reduced / np.cosh(reduced)) ** 2).sum(axis=0)
        return np.trapezoid(np.sqrt(capacity), logs)

    temperatures = equilibration.ladder(graph, 0.6, 2.5)
    steps = [distance(*pair) for pair in pairwise(temperatures)]
    np.testing.assert_allclose(steps, np.mean(steps), rtol=2e-3)
    whole = distance(0.6, 2.5)
    assert len(steps) == int(np.ceil(whole / 1.6)) > 2
    assert equilibration.ladder(graph, 2.5, 2.5).tolist() == [2.5]


@pytest.mark.parametrize(
    ("tau", "most", "sweeps", "reached"),
    [
        # A window of 256 records spans 20 times of 12.8 records.
        (12.8, 10_000, [1, 1], True),
        (12.9, 256 * (1 + 1 + 2 + 4), [1, 1, 2, 4], False),
        (12.9, 256 * (1 + 1 + 2 + 4) - 1, [1, 1, 2], False),
    ],
)
def test_equilibrium_is_a_window_of_twenty_times_or_none(tau, most, sweeps, reached, monkeypatch):
    graph = spin_glass.lattice(4, "gaussian", "free", np.random.default_rng(0))
    asked = []

    def advance(chains, graph, temperatures, *, records, every):
        chains.sweeps += records * every
        states = np.ones((records, 1024, 16), np.int8)
        if records == 256:
            asked.append(every)
        return tempering.Record(states, np.ones((records, len(temperatures), 1024)), None)

    monkeypatch.setattr(tempering, "advance", advance)
    monkeypatch.setattr(tempering, "autocorrelation_time", lambda series: tau)
    rng = np.random.default_rng(1)
    found = equilibration.equilibrate(graph, np.array([0.5, 1.0]), 1024, most, rng)
    assert (asked, found.reached) == (sweeps, reached)
    assert found.tau_energy == found.tau_overlap == tau * sweeps[-1]
    assert found.means.shape == (2, 3)


def test_records_by_hand():
    states = np.array([[[1, 1, -1, 1], [1, -1, -1, -1]]], np.int8)
    reference = np.array([1, 1, 1, 1], np.int8)
    np.testing.assert_array_equal(equilibration.overlaps(states, reference), [[0.5, -0.5]])
    assert equilibration.standard_error(np.array([1.0, 3.0, 5.0])) == pytest.approx(2 / np.sqrt(3))
    series = np.array([[1.0, -2.0], [3.0, 0.0], [-1.0, 2.0]])
    mean = 0.5
    first = (series[1:] - mean) * (series[:-1] - mean)
    expected = first.mean() / ((series - mean) ** 2).mean()
    assert equilibration.lag_one_correlation(series) == pytest.approx(expected)
    assert equilibration.lag_one_correlation(series[:1]) == 0
    assert equilibration.lag_one_correlation(np.ones((3, 2))) == 0


def test_autocorrelation_time_of_a_first_order_process():
    rng = np.random.default_rng(5)
    memory = 0.8
    series = np.empty((2000, 64))
    series[0] = rng.normal(size=64) / np.sqrt(1 - memory**2)
    for step in range(1, len(series)):
        series[step] = memory * series[step - 1] + rng.normal(size=64)
    exact = 0.5 * (1 + memory) / (1 - memory)
    assert tempering.autocorrelation_time(series) == pytest.approx(exact, rel=0.05)
    assert tempering.autocorrelation_time(series[:10]) == np.inf
    assert tempering.autocorrelation_time(np.ones((10, 4))) == 0.5


def test_autocorrelation_time_is_the_sum_up_to_six_times_itself():
    """Every product of deviations added up by hand."""
    rng = np.random.default_rng(2)
    series = rng.normal(size=(399, 3))
    for step in range(1, 399):
        series[step] += 0.8 * series[step - 1]
    deviation = series - series.mean()
    time, zero = 0.0, np.mean(deviation**2)
    for lag in range(399):
        pairs = [deviation[n] * deviation[n + lag] for n in range(399 - lag)]
        time += np.mean(pairs) / zero - (0.5 if lag == 0 else 0)
        if lag >= 6 * time:
            break
    assert 2 < time < 100
    assert tempering.autocorrelation_time(series) == pytest.approx(time, rel=1e-10)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"side": 5}, "side: found 5"),
        ({"side": 2}, "side: found 2"),
        ({"side": 1, "boundary": "free"}, "side: found 1"),
        ({"temperature": 0.0}, "temperature: found 0.0"),
        ({"temperature": -1.0}, "temperature: found -1.0"),
        ({"couplings": "uniform"}, "couplings: found 'uniform'"),
        ({"boundary": "open"}, "boundary: found 'open'"),
        ({"train_patterns": 0}, "train_patterns: found 0"),
        ({"test_patterns": 0}, "test_patterns: found 0"),
        ({"chains": 33}, "chains: found 33"),
    ],
)
def test_bad_input_is_named(bad, message):
    with pytest.raises(InputError, match=message):
        generate(**bad)
