"""Reading, filtering, clustering and weighting of alignments."""

import bz2
import codecs
import gzip
import io
import lzma
import tarfile
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from plmemory.datasets.proteins import alignments, contents, families
from plmemory.errors import InputError

INPUTS = Path(__file__).parents[1] / "data" / "inputs"
ROWS = ["ACDE", "AC-E", "WYVE"]
NAMES = ["one", "two", "three"]
CLUSTAL = (
    "CLUSTAL{} multiple sequence alignment\n\n\none   AC 2\ntwo   AC 2\nthree WY 2\n"
    "         \n\none   DE 4\ntwo   -E 3\nthree VE 4\n       *\n"
)
BLOCKS = "# a comment\none   AC\ntwo   AC\nthree WY\n\n#=RF  xx\none   DE\ntwo   -E\nthree VE\n"
FORMATS = {
    "fasta": "".join(
        f">{name}\n{row[:2]}\n{row[2:]}\n" for name, row in zip(NAMES, ROWS, strict=True)
    ),
    "comments": "\n# a comment\n#\n#another\n>one\nACDE\n\n>two\nAC-E\n>three\nWYVE",
    "windows": ">one\r\nACDE\r\n>two\r\nAC-E\r\n>three\r\nWYVE\r\n",
    "old mac": ">one\rACDE\r>two\rAC-E\r>three\rWYVE\r",
    "zero bytes at the end": ">one\nACDE\n>two\nAC-E\n>three\nWYVE\n\0\n\0\0\x1a",
    "a3m": "#A3M#\n>one\nACDE\n>two\nAC-kkE\n>three\nWlYV.E\n",
    "stockholm": "# STOCKHOLM 1.0\n\none AC\ntwo AC\nthree WY\n\none DE\ntwo -E\nthree VE\n//\n",
    "rows": "ACDE\nAC.E\n\nWYVE\n",
    "named rows": "one ACDE\ntwo\tAC-E\nthree WYVE\n",
    "named rows with an empty line": "one ACDE\n\ntwo AC-E\nthree WYVE\n",
    "blocks": BLOCKS,
    "clustal": CLUSTAL.format(" W (1.83)"),
    "clustal by its older name": CLUSTAL.format("W (1.83)"),
    "clustal by muscle": CLUSTAL.format("").replace("CLUSTAL", "MUSCLE (3.8)"),
    "pir": "".join(
        f">P1;{name}\nits title\n{row}*\n" for name, row in zip(NAMES, ROWS, strict=True)
    ),
}
EXPECTED = np.array([["ACDEFGHIKLMNPQRSTVWY-".index(letter) for letter in row] for row in ROWS])
PACKINGS = [bytes, gzip.compress, bz2.compress, lzma.compress]


@pytest.mark.parametrize("pack", PACKINGS, ids=["plain", "gzip", "bzip2", "xz"])
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_alignment(name, pack):
    parsed = alignments.parse(pack(FORMATS[name].encode()), "file")
    np.testing.assert_array_equal(parsed.rows, EXPECTED)
    assert parsed.rows.dtype == np.int8
    assert parsed.names == (["row 1", "row 2", "row 3"] if name == "rows" else NAMES)


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        (b"", "utf-16-le"),
        (b"", "utf-16-be"),
    ],
)
@pytest.mark.parametrize("name", ["fasta", "windows", "stockholm", "blocks"])
def test_every_encoding_gives_the_same_alignment(name, mark, encoding):
    content = mark + FORMATS[name].encode(encoding)
    np.testing.assert_array_equal(alignments.parse(content, "file").rows, EXPECTED)


@pytest.mark.parametrize("content", [b"A\0C", b"\0A\0"])
def test_three_bytes_are_no_text_of_two_bytes_a_letter(content):
    with pytest.raises(InputError, match="found zero bytes within"):
        contents.text(content, "file", expected="an alignment", limit=9)
    assert contents.text(b"A\0C\0", "file", expected="an alignment", limit=9) == "AC\n"


def test_names_may_be_in_any_script():
    content = ">é\nACDE\n>蛋白\nACDF\n"
    assert alignments.parse(content.encode(), "file").names == ["é", "蛋白"]
    assert len(alignments.parse(content.encode("gb18030"), "file").rows) == 2


def test_blocks_of_one_row_are_one_row():
    with pytest.raises(InputError, match="found one sequence"):
        alignments.parse(b"one AC\n\none DE\n", "file")


def test_several_members_of_gzip_are_one_file():
    text = FORMATS["fasta"].encode()
    content = gzip.compress(text[:20], mtime=0) + gzip.compress(text[20:], mtime=0)
    np.testing.assert_array_equal(alignments.parse(content, "file").rows, EXPECTED)


def test_read_opens_the_file(tmp_path):
    path = tmp_path / "family.FAA"  # packed, though its name does not say so
    path.write_bytes(gzip.compress(FORMATS["fasta"].encode(), mtime=0))
    np.testing.assert_array_equal(alignments.read(path).rows, EXPECTED)
    with pytest.raises(InputError, match=r"missing.*cannot be read"):
        alignments.read(tmp_path / "missing")
    with pytest.raises(InputError, match=r"cannot be read \(Is a directory\)"):
        alignments.read(tmp_path)


def test_an_unreadable_file_is_one_clear_line(tmp_path, monkeypatch):
    path = tmp_path / "family.fa"
    path.write_bytes(b">one\nACDE\n")

    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(InputError, match=r"family.fa: cannot be read \(Permission denied\)"):
        alignments.read(path)


@pytest.mark.parametrize("pack", PACKINGS[1:], ids=["gzip", "bzip2", "xz"])
def test_a_file_that_unpacks_beyond_the_limit_is_refused_in_little_memory(pack):
    content, limit = pack(bytes(60_000_000)), 40_000_000
    tracemalloc.start()
    with pytest.raises(InputError, match="bomb: found more than 40000000 bytes"):
        contents.text(content, "bomb", expected="text", limit=limit)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16_000_000  # a few pieces of 1 MiB, and the 8 MiB that xz looks back on


def test_the_limit_holds_for_plain_files_and_is_met_exactly(tmp_path):
    path = tmp_path / "text"
    path.write_bytes(b"A" * 100)
    assert contents.read(path, 100) == b"A" * 100
    with pytest.raises(InputError, match="text: found more than 99 bytes"):
        contents.read(path, 99)
    packed = gzip.compress(b"A" * 100, mtime=0)
    assert contents.text(packed, "text", expected="text", limit=100) == "A" * 100 + "\n"
    with pytest.raises(InputError, match="text: found more than 99 bytes"):
        contents.text(packed, "text", expected="text", limit=99)


def archive():
    handle = io.BytesIO()
    with tarfile.open(fileobj=handle, mode="w") as tar:
        tar.add(__file__, arcname="family.fa")
    return handle.getvalue()


RNA = ">one\nGGAUACGU--\n>two\nGGAUACGUAN\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty file"),
        (b" \n\n", "empty file"),
        (b"\0\0\0", "empty file"),
        (codecs.BOM_UTF8, "empty file"),
        (gzip.compress(b"", mtime=0), "empty file"),
        (b"# only a comment\n", "no sequences"),
        (b">one\n>two\n>three\n", "no sequences"),
        (b">ss_pred\nHHEE\n", "no sequences"),
        (b">ss_pred\nHHEE\n>one\nACDE\n", "found one sequence"),
        (b">one\nACDE\n>two\nACD\n", "'two': found 3 aligned columns, expected 4"),
        (b">one\nACDE\n>two\nAcCDEF\n", "'two': found 5 aligned columns, expected 4"),
        (b">one\nACDE\n>two\n\n", "'two': found 0 aligned columns"),
        (b">one\nACDE\n>two\nAC+E\n", r"'two': found '\+'"),
        (b">one\nACDE\n>two\nAC1E\n", "'two': found '1'"),
        (">one\nACDE\n>two\nACÄE\n".encode(), "'two': found '.xc4'"),
        (">one\nACDE\n>two\nAC–E\n".encode(), "'two': found '.u2013'"),
        (b">one\nac\n>two\nacd\n", "no upper-case letters"),
        (b">one\n--.\n>two\nX--\n", "no upper-case letters"),
        (b">one\nAkC\n>two\nACk\n", "found 1 lower-case letters or dots in every sequence"),
        (b">one\nACDE\n# another\n>two\nAC-E\n", "line 3: found a comment"),
        (b">one\nACDE\n#\n>two\nAC-E\n", "line 3: found a comment"),
        (b">one\nACDE\n", "found one sequence"),
        (b"ACDE\n", "found one sequence"),
        (b"# STOCKHOLM 1.0\none ACDE\n//\n", "found one sequence"),
        (b"ACDE\nAC DE EF\n", "row 2: found 3 words"),
        (b"one AC\ntwo AC\n\none DE\n", "blocks of rows of which 2 of 2 name 'one'"),
        (b"one AC\ntwo AC\n\ntwo DE\none -E\n", "the same names in the same order"),
        (RNA.encode(), r"nucleotides \(A C G U N\), expected an alignment of proteins"),
        (RNA.lower().encode(), r"nucleotides \(A C G U N\)"),
        (RNA.replace("U", "T").encode(), r"nucleotides \(A C G T N\)"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary file"),
        (b">one\nACDE\n\0>two\nACDE\n\0", "several files joined"),
        (b"<!DOCTYPE html>\n<html>", "a web page"),
        (b"PK\x03\x04 and more", "a zip archive"),
        (archive(), "a tar archive"),
        (gzip.compress(archive(), mtime=0), "a tar archive"),
        (gzip.compress(gzip.compress(b">one\nACDE\n", mtime=0), mtime=0), "packed twice"),
        (gzip.compress(b">one\nACDE\n>two\nACDF\n", mtime=0)[:-9], "truncated or damaged gzip"),
        (b"\x1f\x8b nonsense", "truncated or damaged gzip"),
        (bz2.compress(b">one\nACDE\n>two\nACDF\n")[:-9], "truncated or damaged bzip2"),
        (lzma.compress(b">one\nACDE\n>two\nACDF\n")[:-9], "truncated or damaged xz"),
        (b"# STOCKHOLM 1.0\none ACDE\ntwo ACD\n//\n", "damaged Stockholm"),
        (b"CLUSTAL W\n\none ACDE\ntwo ACD\n", "'two': found 3 aligned columns"),
        (b"CLUSTAL W\n\none ACDE\n    *\n", "found one sequence"),
        (b"CLUSTAL W\n\n", "no sequences"),
        (b">P1;one\n\nACDE*\n>P1;two\n\nACD*\n", "damaged PIR"),
        (b" 2 4\none ACDE\ntwo AC-E\n", "found the format PHYLIP, expected FASTA"),
        (b"#nexus\nbegin data;", "found the format NEXUS, expected FASTA"),
        (b"!!AA_MULTIPLE_ALIGNMENT 1.0\n", "found the format MSF, expected FASTA"),
    ],
)
def test_bad_input_is_one_clear_line(content, message):
    with pytest.raises(InputError, match=message) as caught:
        alignments.parse(content, "family.fa")
    assert str(caught.value).startswith("family.fa: ")
    assert "\n" not in str(caught.value)


def test_what_is_mended_is_remarked():
    content = b">one x\nACDEF-\n>one x\nAC-XFG\n>two\nACaE.G\n>three\nAC?EF*\n"
    content = content.replace(b"ACDEF-", b"AC-EF-").replace(b"AC?EF*", b"AC-EF*")
    parsed = alignments.parse(content, "file")
    assert alignments.letters(parsed.rows) == ["AC-EF-", "AC--FG", "AC-E-G", "AC-EF-"]
    assert parsed.names == ["one x", "one x#2", "two", "three"]
    assert parsed.remarks == [
        "2 insertions (lower-case letters and dots) read as gaps",
        "1 letters of BJOUXZ read as gaps",
        "1 symbols * read as gaps",
        "1 records repeat an earlier name; numbered as name#2, name#3, ...",
    ]


def test_a_column_of_lower_case_and_gaps_is_an_insertion():
    parsed = alignments.parse(b">one\nAC-DE\n>two\nACkDE\n>three\nAC.-E\n", "file")
    assert alignments.letters(parsed.rows) == ["AC-DE", "AC-DE", "AC--E"]


@pytest.mark.parametrize(
    ("rows", "read", "masked"),
    [
        (["ACDE", "AcdE", "WYVe"], ["ACDE", "ACDE", "WYVE"], 3),
        (["acde", "ac-e"], ["ACDE", "AC-E"], 7),
        (["ACDkE", "AcDkE", "WYV-E"], ["ACDKE", "ACDKE", "WYV-E"], 3),
        (["ACxE", "Ac.E"], ["AC-E", "AC-E"], 2),
    ],
    ids=["soft-masked", "all lower case", "one column of both cases", "unknown letters and dots"],
)
def test_masked_residues_are_residues(rows, read, masked):
    content = "".join(f">{number}\n{row}\n" for number, row in enumerate(rows))
    parsed = alignments.parse(content.encode(), "file")
    assert alignments.letters(parsed.rows) == read
    assert parsed.remarks[0] == f"{masked} lower-case letters read as residues, not as insertions"


@pytest.mark.parametrize(
    "name",
    [
        "ss_pred",
        "ss_pred PSIPRED 4",
        "ss_conf",
        "ss_dssp",
        "sa_pred",
        "sa_dssp",
        "aa_pred",
        "aa_dssp",
        "Consensus",
        "1abc_consensus of many",
    ],
)
def test_rows_of_annotation_are_skipped(name):
    content = f">{name}\nH9 E\n>one\nACDE\n>two\nAC-E\n>ss_predator\nWYVE\n"
    parsed = alignments.parse(content.encode(), "file")
    assert parsed.names == ["one", "two", "ss_predator"]
    np.testing.assert_array_equal(parsed.rows, EXPECTED)
    skipped = "1 rows of annotation (secondary structure, consensus) skipped"
    assert parsed.remarks == [skipped]


@pytest.mark.parametrize(
    ("name", "remarks"),
    [
        ("selex_interleaved.slx", []),
        ("hash_all_wrapped.fa", ["60 symbols # read as gaps"]),
        ("ss_pred_only.a3m", ["1 rows of annotation (secondary structure, consensus) skipped"]),
        ("mixed_case.fa", ["801 lower-case letters read as residues, not as insertions"]),
        ("nul_end.a3m", []),
    ],
)
def test_files_as_people_have_them_hold_the_same_sixty_sequences(name, remarks):
    parsed = alignments.read(INPUTS / name)
    family = alignments.read(INPUTS / "family.fa")
    expected = family.rows[:60].copy()
    if name == "hash_all_wrapped.fa":
        expected[:, 22] = 20
    np.testing.assert_array_equal(parsed.rows, expected)
    assert parsed.names == family.names[:60]
    assert parsed.remarks == remarks


def test_an_alignment_of_rna_is_refused():
    with pytest.raises(InputError, match=r"rna.fa: found nucleotides \(A C G U\)"):
        alignments.read(INPUTS / "rna.fa")


@pytest.mark.parametrize(("others", "refused"), [(5, True), (6, False)])
def test_a_family_of_nineteen_in_twenty_nucleotides_is_refused(tmp_path, others, refused):
    bases = "ACGT" * 13
    rows = bases[:50], "L" * others + bases[: 50 - others]  # a hundred letters
    path = tmp_path / "family.fa"
    path.write_text("".join(f">{k}\n{row}\n" for k, row in enumerate(rows)))
    if refused:
        with pytest.raises(InputError, match="found nucleotides"):
            alignments.read(path)
    else:
        assert alignments.read(path).rows.shape == (2, 50)


FIRST_LINES = ["# STOCKHOLM 1.0\n", "CLUSTAL W\n\n", "#NEXUS\nbegin data;\n", "PileUp\n MSF: "]
FIRST_LINES += [">P1;", "2 3\n", "\xff\xfe", "BZh9", ">ss_pred\n"]


@settings(max_examples=300, deadline=None)
@example(b"# STOCKHOLM 1.0\n#=GC x\n//")
@example(b">\n>\n")
@example(b">a\nA\n>a\nA\n>a#2\nA\n")
@given(
    st.one_of(
        st.binary(max_size=200),
        st.sampled_from(PACKINGS).flatmap(lambda pack: st.binary(max_size=60).map(pack)),
        st.binary(max_size=80).map(lambda tail: b"\x1f\x8b\x08" + tail),
        st.text("ACW-.xk#>=/ \n\t1é", max_size=120).map(str.encode),
        st.tuples(
            st.sampled_from(FIRST_LINES), st.text("ACW-.x#=GRSFC/*: ;\n12", max_size=120)
        ).map(lambda parts: "".join(parts).encode("latin-1")),
    )
)
def test_any_bytes_parse_or_raise_input_error(content):
    try:
        parsed = alignments.parse(content, "file")
    except InputError as error:
        assert "\n" not in str(error)  # noqa: PT017
    else:
        assert len(parsed.rows) == len(parsed.names) == len(set(parsed.names)) >= 2
        assert 0 <= parsed.rows.min() <= parsed.rows.max() < 21


def test_clean_drops_gappy_columns_then_sequences_then_duplicates():
    texts = ["ACDE-G", "ACDE-G", "A--E-G", "AC-E-W", "ACDEWG"]
    rows = alignments.parse("\n".join(texts).encode(), "file").rows
    kept = families.clean(rows, max_column_gaps=0.4, max_sequence_gaps=0.3, source="file")
    assert kept.columns.tolist() == [0, 1, 2, 3, 5]
    assert kept.sequences.tolist() == [0, 3]  # 2 has 2 gaps of 5; 1 and 4 now equal 0
    assert alignments.letters(kept.rows) == ["ACDEG", "AC-EW"]
    everything = families.clean(rows, max_column_gaps=1, max_sequence_gaps=1, source="file")
    assert everything.rows.shape == (4, 6)


@pytest.mark.parametrize(
    ("texts", "limit", "message"),
    [
        (["A--", "-C-"], 0.2, "found 0 columns"),
        (["A--", "A--"], 1, "found 1 columns"),
        (["AC-", "AC-"], 1, "found 1 distinct sequences"),
    ],
)
def test_nothing_left_is_an_error(texts, limit, message):
    rows = alignments.parse("\n".join(texts).encode(), "file").rows
    with pytest.raises(InputError, match=f"family: {message}"):
        families.clean(rows, max_column_gaps=limit, max_sequence_gaps=1, source="family")


@pytest.fixture
def family():
    """Sequences grown from a few ancestors, so that identities spread over the whole range."""
    rng = np.random.default_rng(3)
    rows = rng.integers(0, 21, size=(8, 30))
    for _ in range(5):
        children = rows.copy()
        mutate = rng.random(children.shape) < 0.12
        children[mutate] = rng.integers(0, 21, size=mutate.sum())
        rows = np.concatenate([rows, children])
    return rows.astype(np.int8)


def naive_identity(rows):
    return (rows[:, None] == rows[None]).mean(axis=2)


@pytest.mark.parametrize("threshold", [0.6, 0.8, 0.9])
def test_clusters_are_the_connected_components(family, threshold):
    close = naive_identity(family) >= threshold - 1e-9
    reach = close.copy()
    for _ in range(10):
        reach = (reach.astype(float) @ reach) > 0
    labels = families.clusters(family, threshold)
    np.testing.assert_array_equal(labels[:, None] == labels[None], reach)
    assert 1 < labels.max() + 1 == len(np.unique(labels)) < len(family)


def test_clusters_do_not_depend_on_the_block_size(family, monkeypatch):
    whole = families.clusters(family, 0.8)
    monkeypatch.setattr("plmemory.networks.potts.states._CHUNK_ELEMENTS", 7 * len(family))
    np.testing.assert_array_equal(families.clusters(family, 0.8), whole)


@pytest.mark.parametrize("threshold", [0.6, 0.8, 0.9])
def test_no_test_sequence_is_close_to_training(family, threshold):
    labels = families.clusters(family, threshold)
    train, test = families.split(labels, 0.25, np.random.default_rng(1), "family")
    assert sorted([*train, *test]) == list(range(len(family)))
    assert 0 < len(test) <= 0.25 * len(family)
    assert naive_identity(family)[np.ix_(test, train)].max() < threshold - 1e-9


def test_split_needs_clusters():
    with pytest.raises(InputError, match="found 1 identity clusters, the largest of 9 of 9"):
        families.split(np.zeros(9, int), 0.5, np.random.default_rng(0), "family")


def test_weights_are_one_over_the_neighbours(family):
    expected = 1 / (naive_identity(family) >= 0.8 - 1e-9).sum(axis=1)
    np.testing.assert_allclose(families.weights(family, 0.8), expected, rtol=1e-12)
