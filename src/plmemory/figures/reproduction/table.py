"""Every published number beside ours, with its standard error and whether they agree."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

import pandas as pd

from plmemory.figures.shared.comparison import Comparison

ABSENT = "not in this run"  # the verdict of a number that no result of the run corresponds to


def build(tables: Mapping[str, tuple[pd.DataFrame, ModuleType]]) -> pd.DataFrame:
    """One row a published number; no verdict where ours or the tolerance is not known.

    ``tables``: of figures with published values, each with the module whose ``compare`` finds them.
    """
    found = [row for table, published in tables.values() for row in published.compare(table)]
    table = pd.DataFrame(found, columns=Comparison._fields)
    agrees = (table["ours"] - table["published"]).abs() <= table["tolerance"]
    judged = table[["ours", "tolerance"]].notna().all(axis=1)
    table["agrees"] = agrees.astype(object).where(judged, "")
    table.loc[table["ours"].isna(), "agrees"] = ABSENT
    return table.drop_duplicates(["dataset", "quantity", "alpha", "start"], ignore_index=True)
