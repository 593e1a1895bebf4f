"""The symbols and terms of figures, tables and pages, and their meaning.

One source: the glossary of the documentation and that of the results page are written from it.
"""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """A symbol, in TeX, or a term, and its meaning in one line of plain text.

    If a symbol has several meanings, each says where it applies.
    """

    name: str
    meaning: str


SYMBOLS = (
    Entry("N", "sites of a network"),
    Entry("P", "training patterns, or training examples"),
    Entry(r"\alpha", "load P/N"),
    Entry(r"\alpha_c", "capacity: the largest load with retrieval"),
    Entry(r"\tilde\alpha", "largest load at which one step of vector spins denoises"),
    Entry("D", "hidden features of random features; dreams of unlearning"),
    Entry(r"\alpha_D", "density of hidden features, D/N"),
    Entry(r"\xi_i^\mu", "site i of pattern μ"),
    Entry("s_i", "spin of site i: ±1, a colour 1 … q, or a unit vector"),
    Entry("i, j", "sites; columns of an alignment"),
    Entry("d", "components of a vector spin"),
    Entry("J_{ij}", "coupling that acts on site i from site j; it need not equal J_ji"),
    Entry("J_i", "row i of the couplings: all that act on site i"),
    Entry(r"J_{\mathrm{sym}}", "symmetric part of the couplings"),
    Entry("h_i", "local field at site i, Σ_j J_ij s_j; of a vector spin a vector"),
    Entry(r"\Delta_i^\mu", "stability of site i in pattern μ, ξ_i h_i / ‖J_i‖; fixed if positive"),
    Entry(r"\sigma_\Delta", "standard deviation of the stabilities"),
    Entry(r"\kappa", "smallest stability: the largest possible one, or the margin of a rule"),
    Entry(
        r"\lambda",
        "inverse temperature of the pseudo-likelihood; of a perceptron the norm of its weights, "
        "‖w‖/√N; of a Hessian an eigenvalue",
    ),
    Entry(r"\lambda_\mathrm{opt}", "norm of a perceptron with the smallest error"),
    Entry("b", "scaled norm of a row, λ‖J_i‖: the one parameter of the fixed-norm theory"),
    Entry(
        r"\gamma",
        "weight of the L2 term; in inference the relative error of the couplings; of the norm "
        "clock the exponent of the error in P",
    ),
    Entry("L_2", "penalty on the squared couplings"),
    Entry(r"\gamma_1, \gamma_2", "exponents of the error in the norm, and of the best norm in P"),
    Entry(r"\ell", "loss of a site and a pattern"),
    Entry("m", "overlap of two states, Σ_i a_i b_i / N; in figures that with the example"),
    Entry("m_0", "initial overlap: that of a start with its example"),
    Entry("m_t", "overlap after t steps; of noise training that of the noisy patterns"),
    Entry("m_{1/2}", "half overlap: initial overlap from which half of the starts end above 0.95"),
    Entry("m_c", "critical overlap: initial overlap from which the mean final one exceeds 0.95"),
    Entry("q", "overlap of a pair of examples; colours of a Potts spin"),
    Entry("t", "step of the dynamics; dreaming time of the rule of that name"),
    Entry("T", "temperature, of samples or of recall"),
    Entry(
        r"\beta",
        "inverse temperature of recall, in units of the norm of a row; of denoisers 1/(2σ²)",
    ),
    Entry(r"\sigma", "standard deviation; of denoisers that of the noise"),
    Entry("K", "training examples of a denoiser"),
    Entry("S", "number of final states of a memory"),
    Entry("e", "energy per site"),
    Entry("E", "energy that a denoiser descends"),
    Entry("x, y", "coordinates in the plane; x also a state of a denoiser, or tokens"),
    Entry("a", "distance of two points; attention a_ij of token i to token j"),
    Entry(
        r"\varepsilon", "error of a perceptron on new inputs; of unlearning the strength of a dream"
    ),
    Entry(r"\hat\varepsilon", "error of a perceptron over that of Hebb's rule"),
    Entry("R", "cosine between learnt and true couplings, or between student and teacher"),
    Entry("w", "weights of a perceptron"),
    Entry("c", "mean inputs of a site of a diluted network; target field of minover; penalty"),
    Entry(r"\tau", "inverse learning rate of daydreaming"),
    Entry("n", "states, or draws, behind a mean; order of a dense associative memory"),
    Entry("L", "side of a spin glass; length of a protein"),
    Entry("H_2", "Rényi entropy of order two, from pairs of starts that meet"),
    Entry("p", "density of a distribution"),
    Entry(r"\rho", "density of eigenvalues"),
)

TERMS = (
    Entry("pattern", "a configuration of all sites that is learnt"),
    Entry("example", "a pattern that comes from a distribution with structure"),
    Entry("training, unseen", "of an example: learnt, or held out as a test"),
    Entry("learning rule", "a method that computes couplings from patterns"),
    Entry("row", "the couplings that act on one site; most rules learn rows independently"),
    Entry(
        "pseudo-likelihood", "product over sites of the probability of a spin given all the others"
    ),
    Entry("maximum stability", "couplings whose smallest stability is as large as possible"),
    Entry("load", "patterns over sites, α = P/N"),
    Entry("capacity", "the load up to which patterns are fixed, or retrieved"),
    Entry("overlap", "similarity of two states: 1 if equal, 0 at chance"),
    Entry("corruption", "of a pattern to m₀: a random state with this overlap with the pattern"),
    Entry("fixed point", "a state that the dynamics does not change"),
    Entry("cycle", "states that the dynamics visits one after the other for ever"),
    Entry("attractor", "a fixed point, or a cycle with all its phases"),
    Entry("basin", "the states from which the dynamics ends in an attractor"),
    Entry("retrieved", "of a start: that ends with an overlap above 0.95 with its pattern"),
    Entry("retrieval map", "overlap after the dynamics against the initial overlap"),
    Entry(
        "generalisation",
        "started on an unseen example, the dynamics ends close to it, closer than random starts",
    ),
    Entry("null model", "the value of a number without a network that generalises"),
    Entry("consensus", "at every site the most frequent value among the training examples"),
    Entry("replicate", "an independent draw of patterns, of examples, or of an instance"),
    Entry("draw", "one choice of training examples from a pool"),
    Entry("instance", "one realisation of the true couplings of a spin glass"),
    Entry("converged", "of a training: whether it reached the tolerance or goal of its rule"),
    Entry("standard error", "of a mean over replicates; bands widen it by Student's t to 68 %"),
    Entry("replica-symmetric", "of a theory: exact for large networks and convex losses"),
    Entry("one-step map", "the overlap after one step, exact for every coupling matrix"),
    Entry("spin type", "what a site may be: Ising, Potts, or a unit vector"),
    Entry("lineage", "digest of the code, the settings and the inputs that made a result"),
    Entry("run", "one configuration and its results, in a separate folder"),
)
