"""The results page: what it says of figures made, outdated and missing, from plain data."""

import json
import re
import unicodedata
from base64 import b64decode
from gzip import decompress

import numpy as np
import page_run
import pandas as pd
import pytest

from plmemory.figures.page import alternatives, context, packed, texts, verdicts, write
from plmemory.figures.page.alternatives import alternative
from plmemory.figures.page.context import SYMBOLS
from plmemory.figures.page.standing import Standing, last_line, other_runs, seconds, standing
from plmemory.plan import registry

FIGURES = registry.figures()
MADE = Standing("made")


def filled(told, tables, **standings):
    """What the template is filled with, all pictures being there but those said to be missing."""
    each = {name: standings.get(name, MADE) for name in told["figures"]}
    sizes = {name: (300, 200) for name in tables if each[name].state != "missing"}
    return context.page(told, tables, each, sizes)


def test_verdicts_are_words_and_those_not_in_the_run_come_last():
    table = page_run.table("reproduction")
    table = pd.concat([table.iloc[[3]], table.iloc[:3]])
    found = verdicts.rows(table, {"mnist": "MNIST"})
    assert [row["verdict"] for row in found] == ["agrees", "agrees", "differs", "not in this run"]
    assert verdicts.counts(found) == {"agrees": 2, "differs": 1, "not in this run": 1}
    first, second = found[:2]
    assert first["quantity"] == "mean pair overlap"
    assert (first["published"], first["ours"], first["error"]) == ("0.08878493", "0.0887849", "")
    assert second["quantity"] == "final overlap, from train starts, α = 1"
    assert (second["ours"], second["error"], second["tolerance"]) == ("0.9900", "0.002", "0.04")
    assert (second["dataset"], second["reason"]) == ("MNIST", "3 standard errors")
    assert (found[3]["ours"], found[3]["error"]) == ("", "")
    assert found[3]["quantity"].endswith("α = ∞")


def test_a_number_without_a_verdict_is_no_disagreement():
    table = page_run.table("reproduction").iloc[:1].assign(agrees=np.nan, tolerance=np.nan)
    (row,) = verdicts.rows(table, {})
    assert (row["verdict"], row["tolerance"]) == ("no verdict", "")


def test_numbers_have_the_digits_that_their_errors_leave():
    assert texts.measured(0.123456, 0.0123) == "0.123"
    assert texts.measured(-123.456, 20.0) == "−123"
    assert texts.measured(0.5, 0.0) == "0.5"
    assert texts.measured(float("nan"), 0.1) == ""
    assert texts.number(-0.000012345) == "−1.234e−05"


@pytest.mark.parametrize(
    ("tex", "signs"),
    [
        (r"$\alpha_D$ = 0.05", "α_D = 0.05"),
        (r"PL, $\mathrm{rate\ steps}$ = 2", "PL, rate steps = 2"),
        (r"$L_2$", "L₂"),
        (r"$\varepsilon D/N$", "ε D/N"),
        (r"$\lambda$ and $\kappa$", "λ and κ"),
        ("costs 5 $", "costs 5 $"),
    ],
)
def test_tex_becomes_plain_signs(tex, signs):
    assert texts.plain(tex).replace("εD", "ε D") == signs


def test_every_figure_says_in_two_sentences_what_to_see():
    for name, figure in FIGURES.items():
        assert len(re.findall(r"[.](?= |$)", figure.see)) == 2, name


def test_charts_and_galleries_name_columns_that_the_figure_has():
    for name, figure in FIGURES.items():
        for each in (*figure.charts, *filter(None, [figure.gallery])):
            meanings = packed.meanings(figure.columns, sorted(each.columns))
            assert all(meanings.values()), (name, meanings)


def test_every_greek_letter_of_a_figure_is_in_the_glossary():
    symbols = " ".join(SYMBOLS)
    for name, figure in FIGURES.items():
        said = f"{figure.caption} {figure.see} {figure.row} {' '.join(figure.columns.values())}"
        letters = {c for c in said if "GREEK" in unicodedata.name(c, "")} - set("πΣμ")
        assert letters <= set(symbols), (name, letters - set(symbols))


def test_alternative_texts_tell_what_the_table_says():
    told = page_run.described("capacity", "capacity")
    told["looks"] = [{"name": "hebb", "label": "Hebb's $J$"}]
    table = pd.DataFrame({"rule": ["hebb", "pl"] * 2, "alpha": [0.1, 0.1, 0.5, 0.5]})
    table = table.assign(fixed_point_fraction=[0.25, 1, 0, 1], stable_site_fraction=np.nan)
    table = table.assign(final_overlap=[1.0] * 4)
    text = alternative("my_capacity", told, table)
    assert text.startswith("Figure my capacity, from 4 rows of numbers.")
    span = "fixed point fraction from 0 to 1, against alpha from 0.1 to 0.5"
    assert f"{span}; by rule: Hebb's J, pl." in text
    assert "final overlap at 1" in text
    assert "stable site" not in text


def test_rows_of_a_chart_meet_all_of_its_conditions():
    table = pd.DataFrame({"start": ["train", "test", "test"], "order": [2, 2, 3]})
    found = alternatives.chosen(table, {"start": ["test", "random"], "order": ["2"]})
    assert found.index.tolist() == [1]


def test_an_alternative_text_without_charts_is_of_the_columns():
    told = page_run.described("examples", "examples")
    table = pd.DataFrame({"row": [0, 3], "value": [-1, 1], "word": ["a", "b"]})
    text = alternative("x", told, table)
    assert text == "Figure x, from 2 rows of numbers. row from 0 to 3. value from −1 to 1."


def test_a_missing_figure_stays_on_the_page_with_the_reason():
    told = page_run.told("capacity", "retrieval_maps")
    tables = {"capacity": page_run.table("capacity")}
    page = filled(told, tables, retrieval_maps=Standing("missing", "The log ends: no & room"))
    assert page["states"] == {"made": 1, "outdated": 0, "missing": 1}
    text = write.html(page)
    assert "The log ends: no &amp; room" in text
    assert 'id="retrieval_maps"' in text
    assert FIGURES["retrieval_maps"].see.split(".")[0] in text.replace("&#39;", "'")
    assert "figures/retrieval_maps.svg" not in text
    assert "figures/capacity.svg" in text


def test_what_is_made_stands_before_what_is_missing():
    told = page_run.told("reproduction", "retrieval_maps", "capacity", "examples")
    for name, kind in zip(told["figures"], ("random", "random", "arrays", "arrays"), strict=True):
        told["figures"][name]["category"] = kind
    there = {"examples": page_run.table("examples")}
    gone = dict.fromkeys(set(told["figures"]) - {"examples"}, Standing("missing", "Not yet."))
    found = filled(told, there, **gone)["categories"]
    assert {kind: [each["name"] for each in figures] for kind, figures in found.items()} == {
        "arrays": ["examples", "capacity"],
        "random": ["reproduction", "retrieval_maps"],
    }
    assert list(found) == ["arrays", "random"]


def test_what_users_write_is_text_and_no_markup():
    evil = "<script>alert('α')</script>"
    told = page_run.told("reproduction")
    told["figures"]["reproduction"] |= {"caption": evil, "titles": {"mnist": evil}}
    told["figures"]["reproduction"]["settings"] = {"title": evil}
    told["scale"][0]["name"] = told["run"] = evil
    text = write.html(filled(told, {"reproduction": page_run.table("reproduction")}))
    assert "<script>alert" not in text
    assert text.count("&lt;script&gt;alert") >= 5


def unpacked(script):
    return json.loads(decompress(b64decode(re.search('"([A-Za-z0-9+/=]+)"\\);', script)[1])))


def test_the_data_of_a_figure_hold_its_table_and_its_looks():
    told = page_run.described("retrieval_maps", "x")
    told["looks"] = [
        {
            **dict.fromkeys(("symbol", "marker"), ""),
            "name": "pl",
            "label": r"$\lambda$ PL",
            "color": "#123456",
            "line": [0, [5, 1]],
            "hollow": True,
        }
    ]
    table = pd.DataFrame({"rule": ["pl", "hebb"], "alpha": [0.5, np.inf], "initial_overlap": 0.1})
    table = table.assign(final_overlap=[0.25, np.nan], one_step_overlap=np.nan, final_overlap_sem=1)
    data = unpacked(packed.script("x", told, table))
    assert data["columns"]["alpha"] == [0.5, "inf"]
    assert data["columns"]["final_overlap"] == [0.25, None]
    assert data["axes"]["alpha"] == "α"
    assert data["axes"]["final_overlap"] == "final overlap"
    assert data["meanings"]["final_overlap_sem"] == "standard error of final overlap"
    look = data["looks"]["rule"]["pl"]
    assert (look["label"], look["color"], look["hollow"]) == ("λ PL", "#123456", True)
    assert look["dash"] == [10, 2]
    assert data["looks"]["rule"]["hebb"]["label"] == "hebb"


def test_a_slim_picture_keeps_its_words_and_sizes():
    svg = (
        '<svg viewBox="0 0 504.5 20">\n  <path d="M 1.234 -0.98 \nL 0 1.5 "/>\n'
        '<use x="3.14159" y="2"/>\n<g transform="translate(1.239 0.5) scale(0.065)"/>'
    )
    assert packed.size(svg) == (504, 20)
    assert packed.slim(svg) == (
        '<svg viewBox="0 0 504.5 20">\n<path d="M 1.23 -0.98\nL 0 1.5 "/>\n'
        '<use x="3.14" y="2"/>\n<g transform="translate(1.23 0.5) scale(0.065)"/>'
    )


def test_a_figure_is_made_outdated_or_missing_and_the_log_says_why(tmp_path):
    told = page_run.described("capacity", "capacity")
    found = standing(tmp_path, "capacity", told)
    assert found.state == "missing"
    assert found.why.startswith("0 of the 4 results it needs are there.")
    log = tmp_path / "logs/models/random/capacity/P00010.log"
    log.parent.mkdir(parents=True)
    log.write_text("2026-01-02 03:04:05,678 failed\nTraceback\nRuntimeError: no memory\n\n")
    (tmp_path / "data/random").mkdir(parents=True)
    (tmp_path / "data/random/P00010.nc").touch()
    found = standing(tmp_path, "capacity", told)
    assert found.why == (
        "1 of the 4 results it needs are there. The log of models/random/capacity/P00010 ends: "
        "RuntimeError: no memory"
    )
    page_run.make(tmp_path, "capacity")
    assert standing(tmp_path, "capacity", told) == Standing("made")
    told["made"]["lineage"] = "another"
    assert standing(tmp_path, "capacity", told).state == "outdated"


def test_the_last_line_of_a_log_has_no_clock_time(tmp_path):
    log = tmp_path / "x.log"
    log.write_text("2026-01-02 03:04:05,678 found 3, expected 4\n")
    assert last_line(log) == "found 3, expected 4"
    assert last_line(tmp_path / "none.log") == ""


def test_run_times_are_of_the_jobs_of_a_figure_and_of_those_behind_it(tmp_path):
    told = page_run.described("capacity", "capacity")
    times = {"tables/capacity": 1.5, "figures/capacity": 2, "models/random/capacity/P00010": 3}
    times |= {"parts/random/capacity/P00010/1of2": 10, "models/random/other/P00010": 100}
    for stem, time in times.items():
        file = tmp_path / f"times/{stem}.tsv"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"s\th:m:s\n{time}\t0:00:01\n")
    assert seconds(tmp_path, "capacity", told) == {"own": 3.5, "behind": 13, "jobs": 4}


def test_other_runs_are_told_with_their_numbers(tmp_path):
    page_run.make(tmp_path / "paper", "reproduction")
    page_run.make(tmp_path / "small", "capacity")
    (tmp_path / "raw").mkdir()
    found = other_runs(tmp_path / "small", ["reproduction"])
    assert found.keys() == {"paper"}
    assert found["paper"]["figures"] == ["reproduction"]
    assert not found["paper"]["page"]
    key = "mnist|final_overlap|1.0|train"
    assert found["paper"]["verdicts"][key] == "0.9900"
    assert key in {row["key"] for row in verdicts.rows(page_run.table("reproduction"), {})}


def test_a_page_is_the_same_wherever_the_same_results_lie(tmp_path, monkeypatch):
    monkeypatch.setattr(write, "libraries", dict)
    told, written = page_run.told("capacity", "examples"), []
    for place in ("one", "two"):
        root = tmp_path / place / "small"
        page_run.make(root, "capacity")
        page_run.make(tmp_path / "one/paper", "capacity")  # another run, beside one of them
        assert not write.write(told, root)
        files = sorted(file for file in (root / "page").rglob("*") if file.is_file())
        written.append({str(file.relative_to(root)): file.read_text() for file in files})
    assert written[0].keys() == written[1].keys()
    different = {name for name in written[0] if written[0][name] != written[1][name]}
    assert different == {"page/here/here.js"}
    # What is there no longer leaves the page with its picture.
    assert "page/figures/capacity.svg" in written[0]
    (root / "figures/capacity.svg").unlink()
    write.write(told, root)
    assert not list((root / "page/figures").glob("*"))


def test_a_run_with_all_figures_is_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(write, "libraries", dict)
    page_run.make(tmp_path / "small", "capacity")
    assert write.write(page_run.told("capacity"), tmp_path / "small")
