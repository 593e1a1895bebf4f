"""Every published number beside ours, with its standard error and whether they agree."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

import pandas as pd

from plmemory.figures.shared.comparison import Comparison

ABSENT = "not in this run"  # the verdict on a number without a corresponding result in the run


def build(tables: Mapping[str, tuple[pd.DataFrame, ModuleType]]) -> pd.DataFrame:
    """One row per published number; no verdict if ours or the tolerance is not known.

    ``tables``: of figures with published values, each with the module whose ``compare`` finds them.
    """
    found = [row for table, published in tables.values() for row in published.compare(table)]
    table = pd.DataFrame(found, columns=Comparison._fields)
    agrees = (table["ours"] - table["published"]).abs() <= table["tolerance"]
    judged = table[["ours", "tolerance"]].notna().all(axis=1)
    table["agrees"] = agrees.astype(object).where(judged, "")
    table.loc[table["ours"].isna(), "agrees"] = ABSENT
    return table.drop_duplicates(["dataset", "quantity", "alpha", "start"], ignore_index=True)
