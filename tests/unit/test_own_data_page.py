"""docs/own-data.md: its example data are made, and its configurations can be planned with them."""

import re
from pathlib import Path

import pytest
import yaml

from plmemory.plan import configuration, consistency, inheritance
from plmemory.plan.plan import Plan

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/own-data.md").read_text()
SECTIONS = [part for part in re.split(r"^## ", PAGE, flags=re.MULTILINE) if "```yaml" in part]


def block(section: str, language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)
    return found


@pytest.mark.parametrize("section", SECTIONS, ids=[part.splitlines()[0] for part in SECTIONS])
def test_what_the_page_writes_can_be_planned(section, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(block(section, "python"), {})
    (command,) = re.findall(r"^    (snakemake .*)$", section, re.MULTILINE)
    targets, _, file = command.removeprefix("snakemake --cores all ").partition(" --configfile ")
    text = block(section, "yaml")
    assert text.startswith(f"# {file}\n")
    written = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    plan = Plan(configuration.complete(inheritance.laid_over(written, yaml.safe_load(text))))
    own = {name: plan.config["figures"][name] for name in targets.split()}
    alone = Plan({**plan.config, "figures": own})
    consistency.check(alone)
    assert alone.root == f"results/{alone.config['run']}"
    for name in own:
        (dataset,) = own[name]["datasets"]
        models = alone.results(name, "models")
        assert len(models) == len(own[name]["rules"]) * len(own[name]["patterns"])
        assert (alone.available(dataset) or 100) >= max(
            count for count in own[name]["patterns"] if isinstance(count, int)
        )


def test_there_are_three_ways():
    assert [re.search(r"kind: (\w+)", part).group(1) for part in SECTIONS] == [
        "arrays",
        "images",
        "proteins",
    ]
