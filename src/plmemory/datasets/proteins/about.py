"""Aligned homologous protein sequences, from a user's file or an installed package."""

from plmemory.datasets.proteins.limits import MIN_COVERAGE, MIN_IDENTITY
from plmemory.errors import InputError
from plmemory.plan.about import DataSet, Settings, file, number, text


def _provides(settings: Settings) -> frozenset[str]:
    always = {"test", "weight", "states"}
    return frozenset(always if settings["structure"] is None else always | {"structure"})


def _check(settings: Settings) -> None:
    if settings["structure"] is None and settings["chain"] is not None:
        raise InputError(f"chain: found {settings['chain']!r} without a structure, expected null")


ABOUT = DataSet(
    spins="potts",
    settings={
        "alignment": file(
            "FASTA, A3M, Stockholm, Clustal, SELEX and more, packed or not; "
            "`package:<name>/<path>` is a file of an installed Python package"
        ),
        "structure": file(
            "PDB or mmCIF file to compare contacts with; `null`: none", null=True, default=None
        ),
        "chain": text("name", "chain of the structure; `null`: its first", null=True, default=None),
        "max_column_gaps": number(
            "fraction",
            "columns with more gaps are dropped first",
            at_least=0,
            at_most=1,
            default=0.2,
        ),
        "max_sequence_gaps": number(
            "fraction", "then sequences with more gaps", at_least=0, at_most=1, default=0.2
        ),
        "cluster_identity": number(
            "fraction",
            "training and test sequences share less than this",
            at_least=0,
            at_most=1,
            default=0.8,
        ),
        "test_fraction": number(
            "fraction of the sequences",
            "set aside as test examples",
            at_least=0,
            at_most=1,
            default=0.2,
        ),
        "reweighting_identity": number(
            "fraction",
            "sequences at least so alike share one weight",
            at_least=0,
            at_most=1,
            default=0.8,
        ),
        "min_identity": number(
            "fraction of the residues placed",
            "least identity of the chain with the sequence most similar to it",
            at_least=0,
            at_most=1,
            default=MIN_IDENTITY,
        ),
        "min_coverage": number(
            "fraction of the sites",
            "least part of the alignment that has residues of the chain",
            above=0,
            at_most=1,
            default=MIN_COVERAGE,
        ),
    },
    sites=lambda settings: None,
    provides=_provides,
    check=_check,
)
