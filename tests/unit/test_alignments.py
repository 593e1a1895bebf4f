"""Reading, filtering, clustering and weighting of alignments."""

import gzip

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from plmemory.datasets.proteins import alignments
from plmemory.errors import InputError

ROWS = ["ACDE", "AC-E", "WYVE"]
NAMES = ["one", "two", "three"]
A3M = "#A3M#\n>one\nACDE\n>two\nAC-kkE\n>three\nWlYV.E\n"
FORMATS = {
    "fasta": "".join(
        f">{name}\n{row[:2]}\n{row[2:]}\n" for name, row in zip(NAMES, ROWS, strict=True)
    ),
    "comments": "# a comment\n#\n>one\nACDE\n# another\n>two\nAC-E\n>three\nWYVE",
    "windows": ">one\r\nACDE\r\n>two\r\nAC-E\r\n>three\r\nWYVE\r\n",
    "a3m": A3M,
    "stockholm": "# STOCKHOLM 1.0\n\none AC\ntwo AC\nthree WY\n\none DE\ntwo -E\nthree VE\n//\n",
    "rows": "ACDE\nAC.E\n\nWYVE\n",
    "named rows": "one ACDE\ntwo\tAC-E\nthree WYVE\n",
}
EXPECTED = np.array([[alignments.ALPHABET.index(letter) for letter in row] for row in ROWS])


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_alignment(name, pack):
    parsed = alignments.parse(pack(FORMATS[name].encode()), "file")
    np.testing.assert_array_equal(parsed.rows, EXPECTED)
    assert parsed.rows.dtype == np.int8
    assert parsed.names == (["row 1", "row 2", "row 3"] if name == "rows" else NAMES)


def test_read_opens_the_file(tmp_path):
    path = tmp_path / "family.faa.gz"
    path.write_bytes(gzip.compress(FORMATS["fasta"].encode()))
    np.testing.assert_array_equal(alignments.read(path).rows, EXPECTED)
    with pytest.raises(InputError, match=r"missing.*cannot be read"):
        alignments.read(tmp_path / "missing")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty file"),
        (b" \n\n", "empty file"),
        (b"# only a comment\n", "no sequences"),
        (b">one\nACDE\n>two\nACD\n", "'two': found 3 aligned columns, expected 4"),
        (b">one\nACDE\n>two\nAcCDEF\n", "'two': found 5 aligned columns, expected 4"),
        (b">one\nACDE\n>two\n\n", "'two': found 0 aligned columns"),
        (b">one\nACDE\n>two\nAC*E\n", r"'two': found '\*'"),
        (b">one\nACDE\n>two\nAC1E\n", "'two': found '1'"),
        (">one\nACDE\n>two\nACÄE\n".encode(), "'two': found '.xc4'"),
        (b">one\nacde\n>two\nac-e\n", "no upper-case letters"),
        (b">one\nACDE\n", "found one sequence"),
        (b"ACDE\nAC DE EF\n", "row 2: found 3 words"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary file"),
        (gzip.compress(b">one\nACDE\n>two\nACDF\n", mtime=0)[:-9], "truncated or damaged gzip"),
        (b"\x1f\x8b nonsense", "truncated or damaged gzip"),
        (b"# STOCKHOLM 1.0\none ACDE\ntwo ACD\n//\n", "damaged Stockholm"),
    ],
)
def test_bad_input_is_one_clear_line(content, message):
    with pytest.raises(InputError, match=message) as caught:
        alignments.parse(content, "family.fa")
    assert str(caught.value).startswith("family.fa: ")
    assert "\n" not in str(caught.value)


def test_what_is_mended_is_remarked():
    content = b">one x\nACDEFG\n>one x\nAC-XFG\n>two\nACaE.G\n"
    parsed = alignments.parse(content, "file")
    assert alignments.letters(parsed.rows) == ["ACDEFG", "AC--FG", "AC-E-G"]
    assert parsed.names == ["one x", "one x#2", "two"]
    insertions, unknown, repeated = parsed.remarks
    assert insertions.startswith("2 insertions")
    assert unknown.startswith("1 letters")
    assert repeated.startswith("1 records repeat")


@settings(max_examples=200, deadline=None)
@example(b"# STOCKHOLM 1.0\n#=GC x\n//")
@example(b">\n>\n")
@example(b">a\nA\n>a\nA\n>a#2\nA\n")
@given(
    st.one_of(
        st.binary(max_size=200),
        st.binary(max_size=60).map(gzip.compress),
        st.binary(max_size=80).map(lambda tail: b"\x1f\x8b\x08" + tail),
        st.text("ACW-.xk#>=/ \n\t1é", max_size=120).map(str.encode),
        st.text("ACW-.x#=GRSFC/ \n", max_size=120).map(lambda t: b"# STOCKHOLM 1.0\n" + t.encode()),
    )
)
def test_any_bytes_parse_or_raise_input_error(content):
    try:
        parsed = alignments.parse(content, "file")
    except InputError as error:
        assert "\n" not in str(error)  # noqa: PT017
    else:
        assert len(parsed.rows) == len(parsed.names) == len(set(parsed.names)) >= 2
        assert 0 <= parsed.rows.min() <= parsed.rows.max() < alignments.STATES


def test_clean_drops_gappy_columns_then_sequences_then_duplicates():
    texts = ["ACDE-G", "ACDE-G", "A--E-G", "AC-E-W", "ACDEWG"]
    rows = alignments.parse("\n".join(texts).encode(), "file").rows
    kept = alignments.clean(rows, max_column_gaps=0.4, max_sequence_gaps=0.3, source="file")
    assert kept.columns.tolist() == [0, 1, 2, 3, 5]
    assert kept.sequences.tolist() == [0, 3]  # 2 has 2 gaps of 5; 1 and 4 now equal 0
    assert alignments.letters(kept.rows) == ["ACDEG", "AC-EW"]
    everything = alignments.clean(rows, max_column_gaps=1, max_sequence_gaps=1, source="file")
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
        alignments.clean(rows, max_column_gaps=limit, max_sequence_gaps=1, source="family")


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
    labels = alignments.clusters(family, threshold)
    np.testing.assert_array_equal(labels[:, None] == labels[None], reach)
    assert 1 < labels.max() + 1 == len(np.unique(labels)) < len(family)


def test_clusters_do_not_depend_on_the_block_size(family, monkeypatch):
    whole = alignments.clusters(family, 0.8)
    monkeypatch.setattr("plmemory.colours._CHUNK_ELEMENTS", 7 * len(family))
    np.testing.assert_array_equal(alignments.clusters(family, 0.8), whole)


@pytest.mark.parametrize("threshold", [0.6, 0.8, 0.9])
def test_no_test_sequence_is_close_to_training(family, threshold):
    labels = alignments.clusters(family, threshold)
    train, test = alignments.split(labels, 0.25, np.random.default_rng(1), "family")
    assert sorted([*train, *test]) == list(range(len(family)))
    assert 0 < len(test) <= 0.25 * len(family)
    assert naive_identity(family)[np.ix_(test, train)].max() < threshold - 1e-9


def test_split_needs_clusters():
    with pytest.raises(InputError, match="found 1 identity clusters, the largest of 9 of 9"):
        alignments.split(np.zeros(9, int), 0.5, np.random.default_rng(0), "family")


def test_weights_are_one_over_the_neighbours(family):
    expected = 1 / (naive_identity(family) >= 0.8 - 1e-9).sum(axis=1)
    np.testing.assert_allclose(alignments.weights(family, 0.8), expected, rtol=1e-12)
