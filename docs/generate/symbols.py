"""What the symbols of a formula mean, for its page; a setting's own words are printed beside them."""

import inspect
from typing import Any

from w2sjax.language.claims import Claim
from w2sjax.language.evaluation import quantities
from w2sjax.language.printing import LATEX
from w2sjax.settings.projection import EXACT, MEMBER, REALIZABLE, letters_of
from w2sjax.settings.projection.functions import LETTERS, parts_of

FUNCTIONS = {
    "weak": "the weak model, any function",
    "target": "the target, any function",
    "student": "the student, any function",
    "best": "the projection of the target on $V$",
    "member": "a member of $V$",
    "other": "a member of $V$",
    "sampled": "a member of $V$, fitted to a sample",
    "between": "a convex combination of two members of $V$",
}
FITTED = "the student: the projection of the weak model on $V$ "
SAMPLED = FUNCTIONS | {
    "student": FITTED + "in the sample",
    "best": "the projection of the target on $V$ in the population",
}
# How a head stands for itself where it is explained, if not by its name.
HEADS = {
    "d": "d(f, g)",
    "inner": r"\langle f, g \rangle",
    "gap": r"\gamma(f)",
    "gap_n": r"\gamma_n(f)",
    "outside": "d(f, V)",
    "P": "P(E \\mid R)",
    "least": r"\min_j",
    "least_other": r"\min_{j \ne j^*}",
    "chosen": "j^*",
}
SCALARS = {
    "expansion": {
        "q": "the probability above which a set has to expand",
        "c": "the constant by which sets expand",
    },
    "sampling": {
        "B": "a bound of the members, the weak model and the target",
        "n": "the size of the sample",
        "delta": "the probability with which the statement may fail",
        "deviation": "the largest difference of misfit between population and sample",
    },
    "detection": {
        "estimate": "the share of the points that are called overlap points",
        "density": "the probability of the hard pattern",
        "false_positives": "how likely a point without the hard pattern is called",
        "misses": "a bound on how likely a point with it is not called",
        "n": "the number of points",
        "delta": "the probability with which the statement may fail",
    },
    "bandits": {
        "K": "the number of sources",
        "T": "the number of rounds",
        "delta": "the probability with which the statement may fail",
        "best": "the largest density",
        "paid": "the mean reward of all rounds",
        "regret": "what the choices have lost, in expectation",
    },
    "mixture": {
        "R": "the number of repetitions",
        "k": "the number of sizes",
        "delta": "the probability with which the statement may fail",
        "largest_fall": "the largest fall of the mean accuracy with more overlap points",
        "largest_rise": "the largest rise of the mean accuracy with more overlap points",
    },
    "directions": {"eta": "the length of the step, or the share of the teacher that is kept"},
    "random_directions": {
        "alpha_0": "the student's cosine to the truth",
        "alpha_c": "that of the chosen teacher",
        "alpha_r": "that of the rejected teacher",
        "to_chosen": "how the student's error agrees with the chosen teacher's",
        "to_rejected": "how it agrees with the rejected teacher's",
        "d": "the dimension",
        "delta": "the probability with which the statement may fail",
    },
    "regression": {
        "n": "the teacher's points",
        "N": "the student's points",
        "d_w": "the number of weak features",
        "d_s": "the number of strong features",
        "shared": "how many directions they share",
        "squared": "the sum of the fourth powers of the singular values of C",
        "sigma": "the deviation of the label noise",
        "R": "the number of pairs of samples",
        "delta": "the probability with which the statement may fail",
        "mean_variance": "the mean over pairs of samples of the student's variance",
    },
}


def symbols(claim: Claim) -> list[tuple[str, str]]:
    """List what a claim speaks of: LaTeX, and what it means."""
    return list(dict.fromkeys([*_functions(claim), *_heads(claim), *_scalars(claim)]))


def _functions(claim: Claim) -> list[tuple[str, str]]:
    vocabulary, meanings = claim.setting.vocabulary, _meanings(claim)
    letters = getattr(vocabulary, "LETTERS", None) or getattr(vocabulary, "SYMBOLS", {})
    letters = letters_of(claim) if claim.setting.name == "projection" else letters
    used = {
        name
        for data in quantities(claim.terms)
        for one in data[1:]
        if isinstance(one, str) or claim.setting.name in ("projection", "selection")
        for name, _ in parts_of(one)
    }
    return [(letters[n][0], meanings[n]) for n in LETTERS if n in used and n in letters]


def _meanings(claim: Claim) -> dict[str, str]:
    """Say what functions are, by what is assumed of them."""
    if claim.setting.name == "sampling":
        return SAMPLED
    found = dict(FUNCTIONS)
    if claim.assumes(EXACT) or claim.setting.name == "selection":
        found["student"] = FITTED
    elif claim.assumes(MEMBER):
        found["student"] = "the student, any member of $V$"
    if claim.assumes(REALIZABLE):
        found["target"] = "the target, a member of $V$"
    return found


def _heads(claim: Claim) -> list[tuple[str, str]]:
    """Explain heads by the docstrings of the functions that write them."""
    found = []
    for data in quantities(claim.terms):
        function: Any = getattr(claim.setting.vocabulary, data[0], None)
        if inspect.isfunction(function) and function.__doc__:
            name = data[0]
            said = " ".join(function.__doc__.split()).removesuffix(".")
            found.append((HEADS.get(name, rf"\mathrm{{{name}}}"), said))
    return found


def _scalars(claim: Claim) -> list[tuple[str, str]]:
    known, writer = SCALARS.get(claim.setting.name, {}), claim.setting.writer(claim)
    found = []
    for name, *inside in quantities(claim.terms):
        if not inside and name in known:
            text = writer((name,), LATEX)
            found.append((text if isinstance(text, str) else text[0], known[name]))
    return found
