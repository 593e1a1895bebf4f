"""The documentation: nothing is undocumented, and no page asks the network for anything."""

import ast
import importlib.util
import re
from base64 import b64encode
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from plmemory.figures.shared.glossary import SYMBOLS, TERMS
from plmemory.plan import gallery, pages, reference, registry, schema

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src/plmemory"
LOWERED = r"[_^](?:\\mathrm\{\w+\}|\{(?:[^{}]|\{[^{}]*\})*\}|\\[A-Za-z]+|\w)"
DRESS = r"\\(?:ln|Vert|langle|rangle|sqrt|to|infty|times|pm|min|cdot|mathrm)(?![A-Za-z])"
SYMBOL = r"\\(?:hat|tilde)\\[a-z]+|\\[A-Za-z]+|[A-Za-z]"


def symbols(tex: str) -> set[str]:
    """The symbols of a formula, without what stands lowered or raised beside them."""
    return set(re.findall(SYMBOL, re.sub(DRESS, " ", re.sub(LOWERED, " ", tex))))


def strings(file: Path) -> list[str]:
    """The texts in a module that are no docstrings."""
    tree = ast.parse(file.read_text())
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def test_symbols_are_read_without_what_dresses_them():
    found = symbols(r"\gamma=\Vert J_{\mathrm{sym}}-J/T\Vert, \hat\varepsilon_\mathrm{opt}^\mu dT")
    assert found == {r"\gamma", "J", "T", r"\hat\varepsilon", "d"}


def test_every_symbol_of_figures_and_settings_is_in_the_glossary():
    known = set().union(*(symbols(name) for name, _ in SYMBOLS))
    drawn = {
        tex
        for file in (PACKAGE / "figures").rglob("*.py")
        for text in strings(file)
        for tex in re.findall(r"\$([^$]+)\$", text)
    }
    things = [*registry.rules().values(), *registry.datasets().values()]
    set_ = {setting.symbol for thing in things for setting in thing.settings.values()}
    assert len(drawn) > 50
    assert len(set_) > 5
    unknown = {tex: left for tex in drawn | set_ if (left := symbols(tex) - known)}
    assert unknown == {}


def test_the_glossary_names_each_once():
    for entries in (SYMBOLS, TERMS):
        names = [name for name, _ in entries]
        assert len(set(names)) == len(names)
        assert all("|" not in meaning and len(meaning) > len(name) for name, meaning in entries)
    page = pages.glossary()
    assert all(f"| ${name}$ | {meaning} |" in page for name, meaning in SYMBOLS)


def test_every_figure_and_every_kind_is_in_the_gallery():
    plan = gallery.plan(ROOT)
    some = next(iter(plan.config["figures"]))
    page = gallery.page(plan, {some})
    assert f"](pictures/{some}.svg)" in page
    shown = set(re.findall(r"^### `(\w+)`$", page, re.MULTILINE))
    drawn = {entry["figure"] for entry in plan.config["figures"].values()}
    assert shown == plan.config["figures"].keys() | (registry.figures().keys() - drawn)
    for name in plan.config["figures"].keys() - {some}:
        assert f"No picture yet: `snakemake --cores all {name}` makes it" in page
    told = [registry.figures()[entry["figure"]].see for entry in plan.config["figures"].values()]
    assert all(f"**What to see.** {see}" in page for see in filter(None, told))
    assert page.count("**What to see.**") >= len([see for see in told if see]) > 10


def test_a_figures_time_is_that_of_its_jobs_each_counted_once():
    plan = gallery.plan(ROOT)
    needs = gallery.Needs(plan)
    # Two figures of the same networks: their storage is measured once for both.
    one, two = (gallery.seconds(plan, needs, n) for n in ("random_basins", "random_capacity"))
    assert one > 0 < two
    pool = gallery.seconds(plan, needs, "mnist_statistics")
    assert pool == needs.pool("mnist").seconds
    assert gallery.seconds(plan, needs, "vector_phase_diagram") == 0
    assert [gallery.time(s) for s in (59, 60, 61)] == [
        "under a minute",
        "at most 1 minute or so",
        "at most 2 minutes or so",
    ]


def test_every_key_of_the_configuration_is_in_its_reference():
    page = reference.configuration()
    for section, (_, kinds) in schema.KINDS.items():
        for kind in kinds():
            for key in schema.SETTINGS[section](kind):
                assert f"| `{key}` |" in page, (section, kind, key)
    assert all(f"| `{key}` |" in page for key in schema.TOP)


def test_every_public_function_beside_those_of_figures_is_on_a_page_of_the_library():
    text = "\n".join(pages.library().values())
    shown = set(re.findall(r"^::: (\S+)$", text, re.MULTILINE))
    for file in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts)
        nodes = ast.parse(file.read_text()).body
        public = [
            node.name
            for node in nodes
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name[0] != "_"
        ]
        if public and file.relative_to(PACKAGE).parts[0] not in ("figures", "__init__.py"):
            there = {name, *(f"plmemory.{thing}" for thing in public)} & shown
            assert there, name


def test_a_notebook_becomes_a_page_with_what_it_printed_and_drew(tmp_path):
    code = new_code_cell("print(1)\n")
    code.outputs = [
        new_output("stream", name="stdout", text="1\n"),
        new_output("display_data", data={"image/png": b64encode(b"drawn").decode()}),
    ]
    path = tmp_path / "short.ipynb"
    cells = [new_markdown_cell("# Short"), code, new_code_cell("x = 2")]
    nbformat.write(new_notebook(cells=cells), path)
    spec = importlib.util.spec_from_file_location("notebooks", ROOT / "docs/site/notebooks.py")
    notebooks = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(notebooks)
    text, pictures = notebooks.page(path)
    assert pictures == {"short_1.png": b"drawn"}
    code, printed = "```python\nprint(1)\n```", "```text\n1\n```"
    drawn = "![What this code draws](short_1.png)"
    assert text.startswith(f"# Short\n\n{code}\n\n{printed}\n\n{drawn}\n\n```python\nx = 2\n```\n")


def test_warnings_of_a_build_are_counted():
    """What --quiet hides does not fail the strict build: broken links would pass."""
    makefile = (ROOT / "Makefile").read_text()
    (recipe,) = re.findall(r"^docs:.*\n\t(.+)$", makefile, re.MULTILINE)
    assert recipe.endswith("mkdocs build")
    assert "strict: true" in (ROOT / "mkdocs.yml").read_text()


class Asked(HTMLParser):
    """What a page loads when it is shown: scripts, styles, pictures, fonts."""

    def __init__(self) -> None:
        super().__init__()
        self.files: list[str] = []

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        if tag in ("script", "img", "iframe", "source") and named.get("src"):
            self.files.append(named["src"])
        if tag == "link" and named.get("rel") in ("stylesheet", "preconnect", "icon"):
            self.files.append(named["href"])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, built strictly; the library's pages, which take longest, are for `make docs`."""
    why = "the extra docs is not installed (make docs): the site is not tested"
    build = pytest.importorskip("mkdocs.commands.build", reason=why).build
    from mkdocs.config import load_config

    folder = tmp_path_factory.mktemp("site")
    plugins = ["search", "offline"]
    build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder), plugins=plugins))
    return folder


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_no_page_asks_the_network_for_anything(site):
    found = sorted(site.rglob("*.html"))
    assert len(found) > 25
    for page in found:
        asked = Asked()
        asked.feed(page.read_text())
        assert len(asked.files) > 3
        for file in asked.files:
            assert "//" not in file, (page.name, file)
            if page.name != "404.html":
                assert (page.parent / file.partition("#")[0]).exists(), (page.name, file)
    for style in site.rglob("*.css"):
        assert not re.search(r"url\(\s*[\"']?(?:https?:)?//", style.read_text()), style.name


def test_formulas_are_drawn_without_scripts(site):
    text = (site / "method.html").read_text()
    assert text.count("<math") > 300
    assert "$" not in re.sub(r"<(script|code|style)\b.*?</\1>", "", text, flags=re.DOTALL)
    assert 20_000 < (site / "site/STIXTwoMath.woff").stat().st_size < 200_000


def test_tutorials_are_pages_that_lead_to_each_other(site):
    for file in (ROOT / "docs/tutorials").glob("*.ipynb"):
        cells = nbformat.read(file, as_version=4).cells
        text = (site / f"tutorials/{file.stem}.html").read_text()
        shown = [o for cell in cells for o in cell.get("outputs", []) if "data" in o]
        assert len(shown) == text.count('alt="What this code draws"') > 1
        assert f'href="tutorials/{file.stem}.html"' in (site / "index.html").read_text()
    assert (
        'href="your_own_images.html">Your own images</a>: a network'
        in (site / "tutorials/from_pattern_to_attractor.html").read_text()
    )
