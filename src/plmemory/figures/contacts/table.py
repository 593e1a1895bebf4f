"""Proteins: contacts predicted from the couplings against those of the known structure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.datasets.proteins.alignments import ALPHABET, STATES
from plmemory.figures.contacts import contacts
from plmemory.figures.contacts.contacts import MEAN_FIELD
from plmemory.seeds import generator

DISTANCES = {"heavy": "distance", "beta": "beta_distance"}  # what defines a contact
RESAMPLES = 400  # of the bootstrap: a relative uncertainty of its error of 1 / sqrt(2 * 400), 4 %
COLUMNS = ["family", "title", "definition", "rule", "kind", "rank", "i", "j"]
COLUMNS += ["value", "value_sem", "value_spread"]


def build(
    data: list[xr.Dataset],
    models: list[xr.Dataset],
    cutoff: float,
    min_separation: int,
    pseudocount: float,
    block: int,
) -> pd.DataFrame:
    """Long form by ``kind``; see ``draw``.

    ``cutoff``: a contact is closer than this, in angstrom. ``min_separation``: smallest separation
    of the columns of a pair. The baseline is mean-field inference with ``pseudocount`` on the same
    sequences and weights as the networks of the family. ``block``: number of neighbouring columns
    in a block of the bootstrap.

    Replicates are draws of the training sequences. ``value`` is the mean over them,
    ``value_spread`` their standard deviation (NaN for one), ``value_sem`` the error from the
    bootstrap over columns. Maps show the first replicate.
    """
    rows: list[dict[str, Any]] = []
    for family in data:
        trained = [m for m in models if m.attrs["dataset"] == family.attrs["dataset"]]
        title = family.attrs["described"]["title"]
        here = {"family": family.attrs["dataset"], "title": title}
        index = trained[0]["pattern_index"].values
        weight = family["weight"].values[index]
        sites = family.sizes["site"]
        counted = {
            "length": sites,
            "sequences": index.shape[1],
            "effective": weight.sum(axis=1).mean(),
            "draws": len(index),
        }
        rows += [{**here, "kind": kind, "value": value} for kind, value in counted.items()]
        scores = {m.attrs["rule"]: _scores(m["couplings"].values) for m in trained}
        train = family["train"].values[index]
        scores[MEAN_FIELD] = _scores(
            contacts.mean_field(*drawn, STATES, pseudocount)
            for drawn in zip(train, weight, strict=True)
        )
        rng = generator(0, "contacts", family.attrs["dataset"])  # the same columns for all rules
        columns = contacts.blocks_drawn(sites, block, RESAMPLES, rng)
        for definition, variable in DISTANCES.items():
            distances = family[variable].values
            rankings = {
                rule: [
                    contacts.rank(s, distances, cutoff=cutoff, min_separation=min_separation)
                    for s in scored
                ]
                for rule, scored in scores.items()
            }
            found = _compared(rankings, columns, sites)
            near = np.triu(distances < cutoff, k=min_separation)
            found += [{"kind": "contact", "i": i, "j": j} for i, j in np.argwhere(near)]
            rows += [{**here, "definition": definition, **row} for row in found]
    return pd.DataFrame(rows, columns=COLUMNS)


def _scores(couplings: Any) -> list[np.ndarray]:
    """Scores (N, N) of the couplings of each draw."""
    gap = ALPHABET.index("-")
    return [contacts.average_product_correction(contacts.frobenius(J, gap)) for J in couplings]


def _compared(
    rankings: dict[str, list[contacts.Ranking]], columns: Any, sites: int
) -> list[dict[str, Any]]:
    """Rows of one definition: each rule's precision, its lead over mean field, and null models."""
    any_of_them = rankings[MEAN_FIELD][0]
    pairs = len(any_of_them.pairs)
    ranks = np.arange(1, min(2 * sites, pairs) + 1)
    measured = {
        rule: np.array([r.precision[: len(ranks)] for r in drawn])
        for rule, drawn in rankings.items()
    }
    again = {
        rule: np.mean([contacts.resampled(r, columns, ranks) for r in drawn], axis=0)
        for rule, drawn in rankings.items()
    }
    rows = [
        {"kind": "pairs", "value": pairs},
        {"kind": "chance", "value": any_of_them.contact.mean()},
    ]
    chain = contacts.along_the_chain(any_of_them)
    rows += [{"kind": "chain", "rank": r, "value": chain[r - 1]} for r in ranks]
    for rule, precision in measured.items():
        rows += _curve("precision", rule, ranks, precision, again[rule])
        best = rankings[rule][0]
        for rank, (i, j), hit in zip(
            ranks[:sites], best.pairs[:sites], best.contact[:sites], strict=True
        ):
            pair = {"rule": rule, "rank": rank, "i": i, "j": j}
            rows.append({"kind": "predicted", **pair, "value": float(hit)})
        if rule != MEAN_FIELD:
            lead, lead_again = (found[rule] - found[MEAN_FIELD] for found in (measured, again))
            rows += _curve("lead", rule, ranks, lead, lead_again)
    return rows


def _curve(
    kind: str, rule: str, ranks: np.ndarray, drawn: np.ndarray, again: np.ndarray
) -> Iterator[dict[str, Any]]:
    """One row per rank, from the values of the draws (R, k) and of the resamples (S, k)."""
    spread = drawn.std(axis=0, ddof=1) if len(drawn) > 1 else np.full(len(ranks), np.nan)
    values = zip(ranks, drawn.mean(axis=0), again.std(axis=0, ddof=1), spread, strict=True)
    for rank, value, sem, spread_there in values:
        yield {
            "kind": kind,
            "rule": rule,
            "rank": rank,
            "value": value,
            "value_sem": sem,
            "value_spread": spread_there,
        }
