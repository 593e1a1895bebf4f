"""Check a configuration against its JSON schema, in words that name the key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from plmemory.errors import InputError

KINDS = {
    # The first word of a figure's name: the kind of data set that it shows.
    "random": "random",
    "features": "features",
    "mnist": "mnist",
    "spin": "spin_glass",
    "protein": "proteins",
    "proteins": "proteins",
}
SEVERAL = {"features_generalization", "protein_generalization", "protein_contacts", "reproduction"}
"""Figures that tell several data sets apart."""
PUBLISHED = ("mnist_statistics", "mnist_generalization", "spin_glass_generalization")
"""Figures with published numbers, whose tables the figure ``reproduction`` reads."""


METHODS = Path(__file__).parent / "learning"
"""Where the module of every learning method lies."""


def check(config: dict[str, Any], schema: dict[str, Any]) -> None:
    """Validate ``config``.

    Raises
    ------
    InputError
        One line for the first fault: the key, what was found, what was expected.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import relevance

    faults = list(Draft202012Validator(schema).iter_errors(config))
    if faults:
        raise InputError(_sentence(max(faults, key=relevance)))


def _sentence(fault: Any) -> str:
    key = ".".join(str(part) for part in fault.absolute_path) or "the top level"
    if fault.validator == "additionalProperties":
        known = set(fault.schema.get("properties", {}))
        unknown = sorted(set(fault.instance) - known)
        return f"config: {key}: unknown key {unknown[0]!r}, expected one of {sorted(known)}"
    if fault.validator == "required":
        missing = [name for name in fault.validator_value if name not in fault.instance]
        return f"config: {key}: missing key {missing[0]!r}"
    expected = {
        "type": lambda: f"a value of type {_alternatives(fault.validator_value)}",
        "enum": lambda: f"one of {_alternatives(fault.validator_value)}",
        "const": lambda: repr(fault.validator_value),
        "minimum": lambda: f"at least {fault.validator_value}",
        "maximum": lambda: f"at most {fault.validator_value}",
        "exclusiveMinimum": lambda: f"more than {fault.validator_value}",
        "exclusiveMaximum": lambda: f"less than {fault.validator_value}",
        "minItems": lambda: f"at least {fault.validator_value} entries",
        "maxItems": lambda: f"at most {fault.validator_value} entries",
        "minProperties": lambda: f"at least {fault.validator_value} entries",
        "multipleOf": lambda: f"a multiple of {fault.validator_value}",
        "uniqueItems": lambda: "no entry twice",
    }.get(fault.validator, lambda: fault.message)()
    return f"config: {key}: found {fault.instance!r}, expected {expected}"


def _alternatives(values: Any) -> str:
    return ", ".join(map(str, values)) if isinstance(values, list) else str(values)


def sites(dataset: dict[str, Any]) -> int | None:
    """Number of sites N of a configured data set; None where only the data tell it."""
    match dataset["kind"]:
        case "random" | "features":
            return dataset["sites"]
        case "mnist":
            return 196  # 28 x 28 pixels, cropped to the central 14 x 14
        case "spin_glass":
            return dataset["side"] ** 2
    return None


def pattern_counts(figure: dict[str, Any], dataset: dict[str, Any]) -> list[int | str]:
    """The numbers of training patterns P (or "all") at which a figure looks at a data set.

    A figure gives them either as ``patterns`` or as ``loads`` P/N.
    """
    if "patterns" in figure:
        return list(figure["patterns"])
    number_of_sites = sites(dataset)
    if number_of_sites is None:
        raise InputError("config: figures: give `patterns`, the number of sites is not known yet")
    return [round(load * number_of_sites) for load in figure.get("loads", [])]


def check_consistency(config: dict[str, Any]) -> None:
    """Check what a schema cannot: that names refer to something, and that loads can be had.

    A method of learning needs its module, here and now: no job could say so as clearly.

    Raises
    ------
    InputError
        One line: the key, what was found, what was expected.
    """
    for kind_of_data, rules in config["learning"].items():
        for rule, entry in rules.items():
            module = METHODS / f"{entry['method']}.py"
            if not module.is_file():
                raise InputError(
                    f"config: learning.{kind_of_data}.{rule}.method: found {entry['method']!r} "
                    f"and no module of that name, expected the file {module}"
                )
    for name, figure in config["figures"].items():
        key = f"config: figures.{name}"
        _check_figure(key, name, config)
        kind = KINDS.get(name.removeprefix("attractors_").split("_")[0])
        for dataset_name in figure["datasets"]:
            if dataset_name not in config["datasets"]:
                known = ", ".join(config["datasets"])
                raise InputError(f"{key}.datasets: found {dataset_name!r}, expected one of {known}")
            dataset = config["datasets"][dataset_name]
            if kind not in (dataset["kind"], None):
                raise InputError(
                    f"{key}.datasets: found {dataset_name!r} of kind {dataset['kind']}, "
                    f"expected a data set of kind {kind}"
                )
            rules = list(config["learning"].get(dataset["kind"], {}))
            if dataset["kind"] == "spin_glass":
                rules.append("true_couplings")
            for rule in figure.get("rules", []):
                if rule not in rules:
                    raise InputError(
                        f"{key}.rules: found {rule!r}, expected one of "
                        f"learning.{dataset['kind']}: {', '.join(rules)}"
                    )
            for patterns in pattern_counts(figure, dataset):
                _check_count(key, patterns, dataset)


def _check_figure(key: str, name: str, config: dict[str, Any]) -> None:
    figure = config["figures"][name]
    if "rules" in figure and not {"loads", "patterns"} & figure.keys():
        raise InputError(f"{key}: missing key 'loads' or 'patterns'")
    if len(figure["datasets"]) > 1 and name not in SEVERAL:
        raise InputError(f"{key}.datasets: found {figure['datasets']}, expected one data set")
    if name == "reproduction":
        missing = [other for other in PUBLISHED if other not in config["figures"]]
        if missing:
            raise InputError(f"{key}: needs the figure {missing[0]}, expected it in figures too")
    if name == "random_training":
        rules = config["learning"].get("random", {})
        silent = [rule for rule in figure["rules"] if rule in rules and not _on_path(rules[rule])]
        if silent:
            raise InputError(
                f"{key}.rules: found {silent[0]!r}, expected rules of the method "
                "pseudo_likelihood with a number for record_overlap, "
                "pseudo_likelihood_optimum with a number for scaled_norm, or maximum_stability"
            )


def _on_path(rule: dict[str, Any]) -> bool:
    """Whether a rule has a history, or a place on the path that the histories follow."""
    return (
        rule["method"] == "maximum_stability"
        or rule.get("record_overlap") is not None
        or rule.get("scaled_norm") is not None
    )


def _check_count(key: str, patterns: int | str, dataset: dict[str, Any]) -> None:
    if isinstance(patterns, str):
        return
    available = {"mnist": 60_000, "spin_glass": dataset.get("train_patterns")}.get(dataset["kind"])
    if patterns < 1:
        raise InputError(f"{key}.loads: found a load of less than one pattern, expected at least 1")
    if available is not None and patterns > available:
        raise InputError(
            f"{key}.loads: found P = {patterns} patterns, expected at most {available}, "
            f"the training examples of the data set"
        )
