from plmemory.errors import InputError
from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule, Settings, integer, number
from plmemory.plan.cost import passes


def _check(settings: Settings) -> None:
    given = [name for name in ("scaled_norm", "l2") if settings[name] is not None]
    if len(given) != 1:
        found = "both scaled_norm and l2" if given else "neither scaled_norm nor l2"
        raise InputError(f"scaled_norm: found {found}, expected one of the two")


def _look(settings: Settings) -> Look:
    if settings["l2"] is not None:
        return Look(r"PL optimum, $L_2$", "#332288", "X")
    return Look("PL optimum", "#56B4E9", "d", "-.")


ABOUT = Rule(
    title="pseudo-likelihood, the optimum at fixed norm or with L2",
    spins=frozenset({"ising"}),
    settings={
        "scaled_norm": number(
            "b = λ|J_i|",
            "fixed norm of a row; `null`: l2 instead",
            above=0,
            null=True,
            default=2.0,
            symbol="b",
        ),
        "l2": number(
            "weight",
            "of |J_i|²/2 in the loss",
            at_least=0,
            null=True,
            default=None,
            symbol=r"\gamma",
        ),
        "inverse_temperature": number(
            "λ", "of the pseudo-likelihood", above=0, default=1.0, symbol=r"\lambda"
        ),
        "connectivity": integer(
            "mean inputs of a site",
            "which hears from every other with the same probability; `null`: from all",
            at_least=1,
            null=True,
            default=None,
        ),
        "tolerance": number(
            "relative", "gradient at which the search ends", above=0, default=1.0e-5
        ),
        "max_iterations": integer(
            "count",
            "after which it gives up and the result is marked as not converged",
            at_least=1,
            default=2000,
        ),
    },
    provides=lambda settings: frozenset({"norm"} if settings["scaled_norm"] else ()),
    attributes=lambda settings: {
        "b": settings["scaled_norm"] or float("nan"),
        "l2": settings["l2"] or 0.0,
        "inverse_temperature": settings["inverse_temperature"],
    },
    objective="pseudo-likelihood",
    rows=lambda settings: True,
    shares=lambda settings: settings["connectivity"] is None,
    combined={
        "relative_gradient": "max",
        "row_relative_gradient": "each",
        "iterations": "max",
        "loss": "mean",
        "equivalent_l2": "min",
    },
    check=_check,
    look=_look,
    seconds=passes(lambda settings: settings["max_iterations"] / 10),
    holds=lambda settings, patterns, numbers, parts: 19 + 8 / parts,
)
