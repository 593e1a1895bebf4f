"""Proteins: contacts predicted from the couplings against those of the known structure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.datasets.proteins.alignments import ALPHABET, STATES
from plmemory.figures.contacts import contacts


def build(
    data: list[xr.Dataset],
    models: list[xr.Dataset],
    cutoff: float,
    min_separation: int,
    pseudocount: float,
) -> pd.DataFrame:
    """Long form by ``kind``; see ``draw``.

    ``cutoff``: a contact is closer than this, in angstrom. ``min_separation``: of the columns of
    a pair. The baseline is mean-field inference with ``pseudocount`` on the same sequences and
    weights as the networks of the family, of which the first replicate is shown.
    """
    gap = ALPHABET.index("-")
    rows: list[dict[str, Any]] = []
    for family in data:
        trained = [m for m in models if m.attrs["dataset"] == family.attrs["dataset"]]
        couplings = {m.attrs["rule"]: m["couplings"].values[0] for m in trained}
        index = trained[0]["pattern_index"].values[0]
        train, weight = family["train"].values[index], family["weight"].values[index]
        couplings["mean_field"] = contacts.mean_field(train, weight, STATES, pseudocount)
        sites = family.sizes["site"]
        here = {"family": family.attrs["dataset"]}
        rows.append({**here, "kind": "length", "value": sites})
        for rule, J in couplings.items():
            scores = contacts.average_product_correction(contacts.frobenius(J, gap))
            ranking = contacts.rank(
                scores, family["distance"].values, cutoff=cutoff, min_separation=min_separation
            )
            for place in range(min(2 * sites, len(ranking.pairs))):
                rank = {**here, "rule": rule, "rank": place + 1}
                rows.append({**rank, "kind": "precision", "value": ranking.precision[place]})
                if place < sites:
                    i, j = ranking.pairs[place]
                    hit = float(ranking.contact[place])
                    rows.append({**rank, "kind": "predicted", "i": i, "j": j, "value": hit})
        rows.append({**here, "kind": "chance", "value": ranking.contact.mean()})
        near = family["distance"].values < cutoff
        for i, j in np.argwhere(np.triu(near, k=min_separation)):
            rows.append({**here, "kind": "contact", "i": i, "j": j})
    columns = ["family", "rule", "kind", "rank", "i", "j", "value"]
    return pd.DataFrame(rows, columns=columns)
