r"""Random directions: student and teachers with given cosines to the truth, and errors that are random.

Student, chosen and rejected teacher are $\theta_j = \alpha_j b + \sqrt{1 - \alpha_j^2} u_j$ for j = 0, c, r.
Their errors $u_j$ are random of length 1 in the $d - 1$ coordinates orthogonal to the truth b: uniform on the
sphere, or with independent signs of one size as coordinates.
"""

from w2sjax.language.claims import Assumption
from w2sjax.language.terms import quantity
from w2sjax.settings.setting import Setting

SYMBOLS = {
    "alpha_0": (r"\alpha_0", "α_0"),
    "alpha_c": (r"\alpha_c", "α_c"),
    "alpha_r": (r"\alpha_r", "α_r"),
    "to_chosen": (r"\langle u_0, u_c \rangle", "⟨u_0, u_c⟩"),
    "to_rejected": (r"\langle u_0, u_r \rangle", "⟨u_0, u_r⟩"),
    "d": ("d", "d"),
    "delta": (r"\delta", "δ"),
}
RANDOM_DIRECTIONS = SETTING = Setting("random_directions", symbols=SYMBOLS)
alpha_0, alpha_c, alpha_r, to_chosen, to_rejected, d, delta = map(quantity, SYMBOLS)

INDEPENDENT = Assumption("independent errors", "the errors of student and teachers are independent")
EVERYWHERE = Assumption("errors everywhere", "errors are random in all coordinates but the truth's")


def fixed(data: tuple[str, ...]) -> bool:
    """Whether a quantity is the same whatever the errors are."""
    return data not in (to_chosen.data, to_rejected.data)
