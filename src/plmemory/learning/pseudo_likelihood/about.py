from plmemory.errors import InputError
from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule, Settings, boolean, choice, integer, listed, number
from plmemory.plan.cost import passes


def _check(settings: Settings) -> None:
    plain = settings["batch_size"] is None and not settings["symmetric"]
    if settings["space"] == "gram" and not (plain and settings["clip_norm"] is None):
        raise InputError(
            "space: found 'gram', expected 'direct' for mini-batches, symmetric or clipping"
        )


def _holds(settings: Settings, patterns: int, sites: int, parts: int) -> float:
    """In the span of the patterns, of which rows have coefficients; else tables at most."""
    whole = settings["batch_size"] is None and not settings["symmetric"]
    spans = settings["space"] == "auto" and whole and settings["clip_norm"] is None
    if settings["space"] == "gram" or (spans and patterns < 2 * sites):
        return 8 + 20 / parts
    return (0.4 if settings["batch_size"] is None else 1.4) + 1.2 / parts


def _rows(settings: Settings) -> bool:
    alone = not settings["symmetric"] and settings["clip_norm"] is None
    return alone and settings["record_overlap"] is None


def _provides(settings: Settings) -> frozenset[str]:
    watched = settings["record_overlap"] is not None
    there = {
        "norm": watched,
        "history": watched,
        "snapshots": settings["keep_couplings"],
    }
    return frozenset(name for name, provided in there.items() if provided)


ABOUT = Rule(
    title="pseudo-likelihood by gradient descent",
    short="pl",
    spins=frozenset({"ising"}),
    settings={
        "inverse_temperature": number(
            "λ", "of the pseudo-likelihood", above=0, default=1.0, symbol=r"\lambda"
        ),
        "learning_rate": number(
            "of the mean loss",
            "step; the mean is over patterns and sites, hence the large values",
            above=0,
            default=10.0,
        ),
        "decay": number(
            "factor", "on the learning rate after every epoch", above=0, at_most=1, default=1.0
        ),
        "rate_steps": listed(
            "fractions of the epochs",
            "after each of which the learning rate is divided",
            {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
            at_least=0,
            default=[],
        ),
        "rate_factor": number("divisor", "of the learning rate at these", above=0, default=5.0),
        "epochs": integer("count", "passes through the patterns", at_least=1, default=1000),
        "batch_size": integer(
            "patterns", "of a mini-batch; `null`: all", at_least=1, null=True, default=None
        ),
        "drop_last": boolean("no step on the last batch of an epoch if short", default=False),
        "initial": choice(
            "couplings to start from; `hebb_mean`: Hebb's, the mean over the patterns",
            "zero",
            "hebb",
            "hebb_mean",
            "random",
            "uniform",
            default="hebb",
        ),
        "initial_scale": number(
            "factor, or norm of a row",
            "of `hebb_mean` its factor, of `random` (normal) and `uniform` the root mean square "
            "norm of a row; 0.57735 is uniform between ±1/√N",
            at_least=0,
            default=0.0,
        ),
        "symmetric": boolean("tie J_ij = J_ji", default=False),
        "l2": number(
            "weight", "of |J_i|²/2 in the loss", at_least=0, default=0.0, symbol=r"\gamma"
        ),
        "clip_norm": number(
            "norm",
            "longest gradient (Frobenius norm of a replicate's); `null`: no clipping",
            above=0,
            null=True,
            default=None,
        ),
        "space": choice(
            "where the same trajectory is computed: couplings, or the span of the patterns",
            "auto",
            "direct",
            "gram",
            default="auto",
        ),
        "records": integer("epochs", "recorded in the history, log-spaced", at_least=2, default=10),
        "record_at": listed(
            "epochs",
            "recorded instead, the first and the last besides; `null`: log-spaced",
            {"type": "integer", "minimum": 0},
            null=True,
            default=None,
        ),
        "keep_couplings": boolean("keep the couplings of the recorded epochs", default=False),
        "record_overlap": number(
            "overlap, 0…1",
            "initial overlap of the retrieval that the history records; `null`: none",
            at_least=0,
            at_most=1,
            null=True,
            default=None,
        ),
    },
    provides=_provides,
    attributes=lambda settings: {
        "l2": settings["l2"],
        "inverse_temperature": settings["inverse_temperature"],
        "symmetric": int(settings["symmetric"]),
    },
    objective="pseudo-likelihood",
    observed="record_overlap",
    rows=_rows,
    combined={
        "loss": "mean",
        "norm": "mean",
        "asymmetry": "mean",
        "min_stability": "min",
        "hebb_distance": "mean",
    },
    check=_check,
    look=lambda settings: Look("PL", "#0072B2", "o").tied(settings["symmetric"]),
    seconds=passes(lambda settings: settings["epochs"]),
    holds=_holds,
)
