r"""A softmax-linear head trained by cross-entropy gains exactly its misfit.

Setting. $V$ is all $\mathrm{softmax}(\Theta^\top h(x))$, the target is one of them, and the student $v$
attains the minimum of the cross-entropy on the weak model's soft labels, without penalty or bound. D is
KL.

Reference. Derived: equality in `bregman_dual_gain`, as logits are a linear class. The law of the training
that people do; on real data the head trained on the true labels is a member of $V$.

Numerics. Weak models are made at which a head is the minimum; what rounding leaves of the gradient of the
cross-entropy counts by its product with the way to the target, which is the defect.
"""

from w2sjax import Claim
from w2sjax.language import equal
from w2sjax.settings import bregman
from w2sjax.settings.bregman import D, student, target, weak

CLAIM = Claim(
    title="The law of softmax-linear heads",
    source="derived",
    setting=bregman.SETTING,
    assumptions=(bregman.LOG_LINEAR, bregman.REALIZABLE, bregman.EXACT),
    claim=equal(D(weak, target) - D(student, target), D(weak, student)),
    false_twin=equal(D(weak, target) - D(student, target), 2 * D(weak, student)),
    allowance=bregman.slip,
)
