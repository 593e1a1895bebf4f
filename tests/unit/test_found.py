"""What was found is what the tables of record say: no number by hand, no claim against them."""

import csv
import re
import shutil
from pathlib import Path

import jinja2
import pytest
from jinja2 import nodes

from plmemory.errors import InputError
from plmemory.files import lineage
from plmemory.plan import found, numbers
from plmemory.plan.record import LINEAGES, Tables

CHECKOUT = Path(__file__).parents[2]
TEMPLATE = (CHECKOUT / found.TEMPLATE).read_text(encoding="utf-8")
WORDS = "|".join([*numbers.WORDS[3:], "thirds?", "quarters?", "tenths?", "hundreds?", "thousands?"])
# What stands in a page and is no claim: code, the target of a link, mathematics.
ASIDE = re.compile(
    r"`[^`]*`|\]\([^)]*\)|https?://\S+|\$\$.*?\$\$|\$[^$]*\$|arXiv:[\d.]+", re.DOTALL
)


def environment(folder: Path | None = None) -> jinja2.Environment:
    folders = {"toy": folder} if folder else found.records()
    return found.environment(Tables(folders))


def bare_numbers(template: str) -> list[str]:
    """Numbers, in digits and in words, that stand in a template and not in its expressions."""
    tokens = environment().lex(template)
    text = ASIDE.sub(" ", "".join(part if kind == "data" else "x" for _, kind, part in tokens))
    return re.findall(rf"\S*\d\S*|\b(?:{WORDS})\b", text, re.IGNORECASE)


def by_hand(template: str) -> list[str]:
    """Expressions that print a number which stands in them, and names that are given to numbers."""
    tree = environment().parse(template)
    printed = [node for output in tree.find_all(nodes.Output) for node in output.nodes]
    given = [node.node for node in tree.find_all(nodes.Assign)]
    wrong = []
    for node in printed + given:
        inside = node
        while isinstance(inside, nodes.Filter | nodes.Neg | nodes.Pos):
            inside = inside.node
        parts = inside.nodes if isinstance(inside, nodes.Concat) else [inside]
        for part in parts:
            literal = isinstance(part, nodes.Const) and re.search(r"\d", str(part.value))
            sum_of_literals = isinstance(part, nodes.BinExpr) and not any(
                part.find_all((nodes.Name, nodes.Call))
            )
            if literal or sum_of_literals:
                wrong.append(f"line {node.lineno}: {part}")
    return wrong


def test_the_page_is_what_template_and_tables_say() -> None:
    page = (CHECKOUT / found.PAGE).read_text(encoding="utf-8")
    assert found.page(Tables(found.records())) == page, "python -m plmemory.plan.found"


def test_tables_of_the_page_are_whole() -> None:
    """A line between, or another number of cells, would tear a table."""
    page = (CHECKOUT / found.PAGE).read_text(encoding="utf-8")
    torn = []
    for block in re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE):
        head, line, *rows = block.splitlines()
        cells = {row.count("|") for row in (head, line, *rows)}
        if not rows or not re.fullmatch(r"[|:-]+", line) or len(cells) > 1 or head[-1] != "|":
            torn.append(head)
    assert torn == []


def test_no_number_stands_in_the_page_by_hand() -> None:
    assert bare_numbers(TEMPLATE) == []
    assert by_hand(TEMPLATE) == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("an overlap of 0.9 at `load 3`", ["0.9"]),
        ("by a [map](of_2.md) of {{ rows(1) }} and $m_0 = 3$ in seven steps", ["seven"]),
        ("Three quarters, m₀ and {{ 5 }}", ["Three", "quarters"]),
    ],
)
def test_a_number_by_hand_is_found(text: str, numbers: list[str]) -> None:
    assert bare_numbers(text) == numbers


@pytest.mark.parametrize(
    "text",
    ["{{ 0.7 }}", "{{ 0.7 | f(2) }}", "{{ -(1 + 2) | f(0) }}", "{{ 'by 0.7' }}", "{% set x = 3 %}"],
)
def test_an_expression_that_prints_its_own_number_is_found(text: str) -> None:
    assert len(by_hand(text)) == 1


@pytest.mark.parametrize(
    "text",
    ['{{ exact("8 Å") }}', '{{ row("a", P=3).x | f(2) }}', '{% set y = rows("b", P=3) %}'],
)
def test_cells_and_definitions_are_no_numbers_by_hand(text: str) -> None:
    assert by_hand(text) == []


def test_records_are_what_was_written_and_nothing_more(tmp_path: Path) -> None:
    """Taken once more from themselves they are the same: every row is cited."""
    for run, folder in found.records().items():
        with (folder / LINEAGES).open(newline="") as stream:
            noted = {row["figure"]: row["record"] for row in csv.DictReader(stream)}
        files = {file.stem: file for file in folder.glob("*.csv") if file.name != LINEAGES}
        assert noted == {name: lineage.content(str(file)) for name, file in files.items()}, run
    tables = Tables(found.records())
    found.page(tables)
    for run, folder in found.records().items():
        tables.record(run, tmp_path / run)
        again = {file.name: file.read_bytes() for file in (tmp_path / run).glob("*.csv")}
        kept = {file.name: file.read_bytes() for file in folder.glob("*.csv")}
        assert {k: v for k, v in again.items() if k != LINEAGES} == {
            k: v for k, v in kept.items() if k != LINEAGES
        }


TOY = """rule,alpha,P,overlap,overlap_sem,share,share_sem,draws,kept
a,0.2,100,-0.5123,0.0123,0.5,0.0312,4,True
a,0.4,inf,0.25,0,0.125,0.05,4,False
b,0.2,100,nan,,1,0,4,True
"""


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    (tmp_path / "toy.csv").write_text(TOY)
    return tmp_path


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ('row("toy", of="toy", rule="a", alpha=0.2).pm("overlap")', "−0.512 ± 0.012"),
        ('row("toy", of="toy", rule="a", alpha=0.2).percent("share")', "50 ± 3 %"),
        ('row("toy", of="toy", rule="a", kept=false).pm("overlap")', "0.250 ± 0"),
        ('row("toy", of="toy", rule="b").percent("share")', "100 %"),
        ('rows("toy", of="toy", rule="a") | map(attribute="share") | span(2)', "0.12 to 0.50"),
        ('rows("toy", of="toy", rule="a", alpha=0.2)[0].draws | word', "four"),
        ('row("toy", of="toy", overlap_sem=none).rule', "b"),
        ('rows("toy", of="toy", overlap=measured) | map(attribute="rule") | join', "aa"),
        ('less(rows("toy", of="toy", rule="a"), "overlap", "share") | span(3)', "−1.012 to 0.125"),
        ('over(rows("toy", of="toy", rule="a"), "overlap", "share") | min | f(4)', "−1.0246"),
        ('outside(rows("toy", of="toy", rule="a"), "overlap", 4)', "2"),
        ('outside(rows("toy", of="toy", rule="a"), "share", 4, "overlap")', "1"),
        ('outside(rows("toy", of="toy", rule="a"), "share", 4)', "1"),
        ('setting("datasets.random_500.sites") | count', "500"),
        ('setting("datasets.random.sites", over="config/paper.yaml") | count', "1000"),
    ],
)  # fmt: skip
def test_expressions_read_cells(toy: Path, expression: str, text: str) -> None:
    assert environment(toy).from_string(f"{{{{ {expression} }}}}").render() == text


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ('rows("toy", of="toy", rule="c")', "toy: toy: found no row with .*'c'"),
        ('rows("toy", of="toy", alpha=[0.2, 0.3])', "found no row with .* 0.3"),
        ('rows("toy", of="toy", load=0.2)', "found the columns rule, alpha, .*expected 'load'"),
        ('row("toy", of="toy", alpha=0.2)', "found 2 rows"),
        ('row("toy", of="toy", rule="b").overlap', "overlap: found 'nan', expected a finite"),
        ('row("toy", of="toy", rule="b").pm("overlap")', "expected a finite"),
        ('row("toy", of="toy", alpha=0.4).P', "P: found 'inf'"),
        ('rows("other", of="toy")', "other.csv: found no such table"),
        ('rows("toy", of="lost")', "found no record of the run 'lost'"),
        ('setting("datasets.random.sights")', "datasets.random.sights: found no 'sights'"),
        ("holds(true, 1 > 2)", "condition 2 of a claim broken"),
    ],
)
def test_what_no_table_says_ends_in_one_line(toy: Path, expression: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as fault:
        environment(toy).from_string(f"{{{{ {expression} }}}}").render()
    assert "\n" not in str(fault.value)


def test_the_line_of_a_broken_claim_is_named(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / found.TEMPLATE).write_text("So it is.\n\n{{ holds(1 > 2) }}\n")
    with pytest.raises(InputError, match=r"found\.in\.md: line 3: found condition 1"):
        found.page(Tables({}), tmp_path)


def test_a_run_is_recorded_by_what_the_page_cites(toy: Path, tmp_path: Path) -> None:
    checkout, results = tmp_path / "checkout", tmp_path / "results" / "toy"
    (results / "tables").mkdir(parents=True)
    shutil.copy(toy / "toy.csv", results / "tables")
    lineage.note([str(results / "tables" / "toy.csv")], "0123456789abcdef")
    (checkout / "docs").mkdir(parents=True)
    (checkout / found.TEMPLATE).write_text('{{ row("toy", of="toy", alpha=0.4).share }}\n')
    (checkout / found.RECORDS / "toy").mkdir(parents=True)
    (checkout / found.RECORDS / "toy" / "gone.csv").write_text("of an earlier page\n")
    found.write(checkout, [results])
    assert (checkout / found.PAGE).read_text() == "0.125\n"
    files = sorted(file.name for file in (checkout / found.RECORDS / "toy").iterdir())
    assert files == [LINEAGES, "toy.csv"]
    record = checkout / found.RECORDS / "toy"
    head, _, cited, *_ = TOY.splitlines()
    assert (record / "toy.csv").read_text() == f"{head}\n{cited}\n"
    digest = lineage.content(str(record / "toy.csv"))
    assert (record / LINEAGES).read_text().splitlines()[1] == f"toy,0123456789abcdef,{digest}"
    found.write(checkout)
    assert (checkout / found.PAGE).read_text() == "0.125\n"


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (0.43122, 0.00494, "0.431 ± 0.005"),
        (0.43122, 0.00149, "0.4312 ± 0.0015"),
        (-0.0128, 0.00096, "−0.0128 ± 0.0010"),
        (83.67, 2.98, "84 ± 3"),
        (469.67, 67.6, "470 ± 68"),
        (1, 0, "1.000 ± 0"),
    ],
)
def test_errors_keep_the_digits_that_they_allow(value: float, error: float, text: str) -> None:
    assert numbers.plus_minus(value, error) == text


def test_means_of_few_differ_by_more_standard_errors() -> None:
    """Student's t at 95 %: 3.182 of four, 2.201 of twelve."""
    assert [found.differs(x, 1, n) for x, n in ((3.1, 4), (-3.2, 4), (2.1, 12), (2.3, 12))] == [
        False, True, False, True,
    ]  # fmt: skip


def test_signs_zeros_and_thousands() -> None:
    assert numbers.fixed(-0.0001, 3) == "0.000"
    assert numbers.fixed(0.25, 2, sign=True) == "+0.25"
    assert [numbers.general(x) for x in (0.0969388, 100, 19600, 2.15306, -0.5)] == [
        "0.0969", "100", "19\u202f600", "2.15", "−0.5",
    ]  # fmt: skip
    assert [numbers.word(x) for x in (0, 6, 20, 48)] == ["none", "six", "twenty", "48"]
