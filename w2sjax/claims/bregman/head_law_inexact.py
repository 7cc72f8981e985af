r"""Of any softmax-linear head, gain and misfit differ by what its training left over.

Setting. $V$ is all $\mathrm{softmax}(\Theta^\top h(x))$ with target and student among them; $L$ is the
cross-entropy on the weak model's soft labels. D is KL. The student may be regularised or unfinished.

Reference. Derived. $\nabla\varphi$ of a member is $\Theta^\top h$ up to a constant, so the product in
`bregman_identity` is $\langle \nabla L(\Theta_v), \Theta_{f^*} - \Theta_v \rangle$.

Numerics. Both sides are computed apart, the defect from features and coefficients; rounding alone.
"""

from w2sjax import Claim
from w2sjax.language import equal
from w2sjax.settings import bregman
from w2sjax.settings.bregman import D, defect, student, target, weak

CLAIM = Claim(
    title="The law of unfinished softmax-linear heads",
    source="derived",
    setting=bregman.SETTING,
    assumptions=(bregman.LOG_LINEAR, bregman.REALIZABLE),
    claim=equal(D(weak, target) - D(student, target), D(weak, student) + defect),
    false_twin=equal(D(weak, target) - D(student, target), D(weak, student) - defect),
)
