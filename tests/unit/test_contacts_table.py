"""The table of contacts, by naive loops: two families, two draws, 21 colours, weights."""

import itertools

import numpy as np
import pytest
import xarray as xr

from plmemory.figures.contacts import contacts
from plmemory.figures.contacts import table as figure
from plmemory.seeds import generator

STATES, GAP = 21, 20
SETTINGS = {"cutoff": 6.0, "min_separation": 3, "pseudocount": 0.4, "block": 4}
SITES, DRAWS, PATTERNS, POOL = {"one": 9, "other": 12}, 2, 25, 40


def family(name, rng):
    """Sequences of few colours, and atoms at random; one residue is missing, one lacks C-beta."""
    sites = SITES[name]
    positions = rng.uniform(0, 10, size=(sites, 3))
    heavy = np.linalg.norm(positions[:, None] - positions, axis=2)
    heavy[2], heavy[:, 2] = np.nan, np.nan
    beta = heavy + 1.5
    beta[4], beta[:, 4] = np.nan, np.nan
    return xr.Dataset(
        {
            "train": (("pattern", "site"), rng.integers(0, 3, (POOL, sites)).astype(np.int8)),
            "weight": ("pattern", rng.uniform(0.2, 1, POOL)),
            "distance": (("site", "site_other"), heavy),
            "beta_distance": (("site", "site_other"), beta),
        },
        attrs={"dataset": name, "described": {"title": f"family {name}"}},
    )


def model(name, rule, places, rng):
    sites = SITES[name]
    couplings = rng.normal(size=(DRAWS, sites, STATES, sites, STATES)).astype(np.float32)
    couplings *= rng.uniform(0.5, 2, size=(1, sites, 1, sites, 1))
    couplings[:, np.arange(sites), :, np.arange(sites), :] = 0
    axes = ("replicate", "site", "colour", "source", "source_colour")
    return xr.Dataset(
        {"couplings": (axes, couplings), "pattern_index": (("replicate", "pattern"), places)},
        attrs={"dataset": name, "rule": rule},
    )


@pytest.fixture(scope="module")
def made():
    rng = np.random.default_rng(3)
    places = {n: [rng.choice(POOL, PATTERNS, replace=False) for _ in range(DRAWS)] for n in SITES}
    data = [family(name, rng) for name in SITES]
    models = [model(n, rule, np.array(places[n]), rng) for n in SITES for rule in ("potts", "a")]
    return data, models, figure.build(data, models, **SETTINGS)


def naive_scores(couplings):
    """Frobenius norms in the zero-sum gauge without the gap, corrected, by loops."""
    sites = len(couplings)
    centre = np.eye(STATES) - 1 / STATES
    norms = np.zeros((sites, sites))
    for i, j in itertools.permutations(range(sites), 2):
        block = (couplings[i, :, j, :] + couplings[j, :, i, :].T) / 2
        norms[i, j] = np.linalg.norm((centre @ block.astype(float) @ centre)[:GAP, :GAP])
    off = ~np.eye(sites, dtype=bool)
    means = np.array([norms[i][off[i]].mean() for i in range(sites)])
    return norms - np.outer(means, means) / norms[off].mean()


def naive_ranking(scores, distances):
    """Pairs far enough apart and of known distance, best first, and which are contacts."""
    pairs = [
        (scores[i, j], i, j)
        for i, j in itertools.combinations(range(len(scores)), 2)
        if j - i >= 3 and np.isfinite(distances[i, j])
    ]
    pairs.sort(reverse=True)
    return [(i, j) for _, i, j in pairs], [distances[i, j] < 6 for _, i, j in pairs]


def mean_field(data, model, draw):
    index = model["pattern_index"].values[draw]
    weight = data["weight"].values[index]
    return contacts.mean_field(data["train"].values[index], weight, STATES, 0.4)


def couplings_of(data, models, rule):
    name = data.attrs["dataset"]
    mine = {m.attrs["rule"]: m for m in models if m.attrs["dataset"] == name}
    if rule == "mean_field":
        return [mean_field(data, mine["potts"], draw) for draw in range(DRAWS)]
    return mine[rule]["couplings"].values


def part(table, **chosen):
    for column, value in chosen.items():
        table = table[table[column] == value]
    return table


@pytest.mark.parametrize("definition", ["heavy", "beta"])
@pytest.mark.parametrize("name", SITES)
def test_precision_is_the_mean_over_the_draws_of_naive_rankings(made, name, definition):
    data, models, table = made
    mine = next(d for d in data if d.attrs["dataset"] == name)
    distances = mine[{"heavy": "distance", "beta": "beta_distance"}[definition]].values
    here = part(table, family=name, definition=definition)
    precision = {}
    for rule in ("potts", "a", "mean_field"):
        drawn = []
        for J in couplings_of(mine, models, rule):
            pairs, contact = naive_ranking(naive_scores(J), distances)
            most = min(2 * SITES[name], len(pairs))
            drawn.append([sum(contact[:k]) / k for k in range(1, most + 1)])
            if len(drawn) == 1:
                rows = part(here, kind="predicted", rule=rule).sort_values("rank")
                shown = min(SITES[name], len(pairs))
                assert list(zip(rows["i"], rows["j"], strict=True)) == pairs[:shown]
                assert rows["value"].tolist() == contact[:shown]
        rows = part(here, kind="precision", rule=rule)
        assert rows["rank"].tolist() == list(range(1, most + 1))
        precision[rule] = np.array(drawn)
        np.testing.assert_allclose(rows["value"], np.mean(drawn, axis=0))
        np.testing.assert_allclose(rows["value_spread"], np.std(drawn, axis=0, ddof=1))
    for rule in ("potts", "a"):
        lead = part(here, kind="lead", rule=rule)
        ahead = precision[rule] - precision["mean_field"]
        np.testing.assert_allclose(lead["value"], ahead.mean(axis=0), atol=1e-12)
        np.testing.assert_allclose(lead["value_spread"], ahead.std(axis=0, ddof=1), atol=1e-12)
    assert part(here, kind="lead", rule="mean_field").empty
    assert part(here, kind="pairs")["value"].item() == len(pairs)
    assert part(here, kind="chance")["value"].item() == pytest.approx(np.mean(contact))
    touching = part(here, kind="contact")
    expected = [pair for pair, hit in zip(pairs, contact, strict=True) if hit]
    assert sorted(zip(touching["i"], touching["j"], strict=True)) == sorted(expected)


def test_errors_are_those_of_the_resampled_columns_which_all_rules_share(made):
    """Of one draw, whose precision the bootstrap takes again; the lead is paired."""
    data, models, _ = made
    one = [m.isel(replicate=[1]) for m in models]
    table = figure.build(data, one, **SETTINGS)
    assert table["value_spread"].isna().all()
    mine = data[1]
    rng = generator(0, "contacts", "other")
    blocks, times = contacts.blocks_drawn(12, 4, 400, rng)
    taken = {}
    for rule in ("a", "mean_field"):
        (J,) = couplings_of(mine, one, rule)[:1] if rule == "a" else [mean_field(mine, one[2], 0)]
        pairs, contact = naive_ranking(naive_scores(J), mine["distance"].values)
        taken[rule] = []
        for often in times:
            copies = []
            for (i, j), hit in zip(pairs, contact, strict=True):
                same = blocks[i] == blocks[j]
                copies += [hit] * (often[blocks[i]] * (1 if same else often[blocks[j]]))
            taken[rule].append(np.mean(copies[:5]) if copies else 0)
    here = part(table, family="other", definition="heavy", rank=5)
    found = part(here, kind="precision", rule="a")["value_sem"].item()
    assert found == pytest.approx(np.std(taken["a"], ddof=1))
    found = part(here, kind="lead", rule="a")["value_sem"].item()
    assert found == pytest.approx(np.std(np.subtract(*taken.values()), ddof=1))


def test_what_a_family_is_of(made):
    data, models, table = made
    columns = ["family", "title", "definition", "rule", "kind", "rank", "i", "j"]
    assert list(table.columns) == [*columns, "value", "value_sem", "value_spread"]
    for name, mine in zip(SITES, data, strict=True):
        here = table[(table["family"] == name) & table["definition"].isna()].set_index("kind")
        index = next(m for m in models if m.attrs["dataset"] == name)["pattern_index"].values
        weights = [sum(mine["weight"].values[k] for k in draw) for draw in index]
        assert here["value"].to_dict() == {
            "length": SITES[name],
            "sequences": PATTERNS,
            "effective": pytest.approx(sum(weights) / DRAWS),
            "draws": DRAWS,
        }
        assert set(here["title"]) == {f"family {name}"}
    beta, heavy = (
        {(row.family, row.i, row.j) for row in part(near, definition=definition).itertuples()}
        for definition in ("beta", "heavy")
        for near in [part(table, kind="contact")]
    )
    assert beta < heavy  # an atom of the residue is at least as near
