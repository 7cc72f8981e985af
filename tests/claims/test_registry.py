"""Registry, folder and docstrings agree; formulas are as people wrote them; names are documented."""

import importlib
import inspect
import re
from pathlib import Path

import pytest

import w2sjax
from w2sjax import REGISTRY, SETS
from w2sjax.language.printing import LATEX, UNICODE, formula, statement
from w2sjax.settings.setting import NAMES

FOLDER = Path(inspect.getfile(w2sjax)).parent / "claims"
FILES = sorted(FOLDER.glob("*/[a-z]*.py"))
each_claim = pytest.mark.parametrize("claim", REGISTRY, ids=lambda claim: claim.name)

# Each claim as a person wrote it, from the papers; spaces, braces and \\, do not count.
WRITTEN = {
    "convex_values": r"d(\lambda u + (1 - \lambda) v, V) \le 0",
    "misfit_gain": r"d(f_{sw}, f^*) \le d(f_w, f^*) - d(f_{sw}, f_w)",
    "gain_identity": r"d(f_w, f^*) - d(f, f^*) = d(f, f_w) + 2\langle f_w - f, f - f^* \rangle",
    "pythagorean_identity": r"d(f_w, f^*) = d(f_w, f_{sw}) + d(f_{sw}, f^*)",
    "gain_ceiling": r"d(f_w, f^*) - d(f, f^*) \le d(f, f_w) + 2\sqrt{d(f, f_w)\, d(f, f^*)}",
    "inexact_gain": r"d(q, f^*) \le d(f_w, f^*) - d(q, f_w) + 2\gamma(q)",
    "nonrealizable_gain": r"d(\hat f, f^*) \le d(f_w, f^*) - d(\hat f, f_w) + \kappa + \varepsilon "
    r"+ 2\sqrt\varepsilon D + 2D(\sqrt\kappa + \sqrt\varepsilon) + (\sqrt\kappa + \sqrt\varepsilon)^2",
    "sharpened_gain": r"d(\hat f, f^*) \le d(f_w, f^*) - d(\hat f, f_w) + 2\gamma(\hat f) "
    r"+ 2\sqrt{\varepsilon\, d(\hat f, f_w)}",
    "gain_floor": r"d(f_{sw}, f^*) \le d(f_w, f^*) + d(f_s, f^*)",
    "gain_tradeoff": r"d(f_w, f^*) - d(f_{sw}, f^*) \ge d(f_{sw}, f_w) / 2 - 2 d(f_s, f^*)",
    "firm_nonexpansiveness": r"d(f_{sw}, f_s) \le d(f_w, f^*) - d(f_w - f_{sw}, f^* - f_s)",
    "nonconvex_error": r"d(f_{sw}, f^*) \le 4 d(f_w, f^*)",
    "early_stopping": r"d(\frac{1}{2} f_w + \frac{1}{2} f_{sw}, f^*) \le d(f_w, f^*) - 3 d(f_{sw}, f_w) / 4",
    "average_floor": r"d(\frac{1}{2} f_w + \frac{1}{2} f_{sw}, f^*) \le d(f_w, f^*) + d(f_s, f^*) / 3",
    "misfit_bound": r"d(f_{sw}, f_w) \le 2 (d(f_w, f^*) + d(f_s, f^*))",
    "error_split": r"d(q, f_s) + d(f_s, f^*) \le d(q, f^*)",
    "root_distance_metric": r"\sqrt{d(f_w, f^*)} \le \sqrt{d(f_w, h)} + \sqrt{d(h, f^*)}",
    "uniform_misfit": r"\sup_{v \in V} \lvert d(v, f_w) - d_n(v, f_w) \rvert \le \Delta",
    "sampled_gain": r"d(\hat f, f^*) \le d(f_w, f^*) - d(\hat f, f_w) + \kappa + \varepsilon "
    r"+ 2\sqrt\varepsilon D + 2D(\sqrt\kappa + \sqrt\varepsilon) + (\sqrt\kappa + \sqrt\varepsilon)^2",
    "sampled_gap": r"\gamma(\hat f) \le \Gamma",
    "sampled_sharpened_gain": r"d(\hat f, f^*) \le d(f_w, f^*) - d(\hat f, f_w) + 2\Gamma "
    r"+ 2\sqrt{\varepsilon\, d(\hat f, f_w)}",
    "error_bracket": r"\max(0, \sqrt{d(f_{w,j}, f^*)} - \sqrt{m_j})^2 \le d(f_{sw,j}, f^*) \le "
    r"d(f_{w,j}, f^*) - m_j + 2\sqrt{\varepsilon\, m_j} + 2\gamma_j",
    "selection_regret": r"d(f_{sw,j^*}, f^*) - \min_j d(f_{sw,j}, f^*) \le "
    r"\max(0, U_{j^*} - \min_{j \ne j^*} L_j)",
    "expansion_core": r"P(f \ne y \mid B) \le \max(q, m_A / c) + P(R(f)^c \mid B)",
    "hard_error": r"P(f \ne y \mid H) \le \max(q, dis_O / ((1 - \varepsilon_1) c)) + P(R(f)^c \mid H)",
    "hard_error_payback": r"P(f \ne y \mid H) \le dis_H + \varepsilon_2 (1 - 2 c a)",
    "monotone_gain": r"\max_{i < j} (\bar A_i - \bar A_j) \le \sqrt{2 \log(k(k - 1)/(2\delta)) / R}",
    "gap_recovered": r"d(f_{sw}, f_w) - 2 \sqrt{\varepsilon d(f_{sw}, f_w)} \le "
    r"\mathrm{PGR} \cdot (d(f_w, f^*) - \varepsilon) \le d(f_w, f^*) - \varepsilon",
    "delta_in_high_dimension": r"g \ge (1 - \alpha_0^2) (\alpha_c - \alpha_r) - \lvert \alpha_0 \rvert "
    r"\sqrt{2 (1 - \alpha_0^2) (2 - \alpha_c^2 - \alpha_r^2) \log(1/\delta) / (d - 1)}",
    "variance_inheritance": r"\lvert \bar V - (\sigma^2 / (n - d_w - 1)) "
    r"(d_{sw} + (d_s / (N - d_s - 1)) (d_w - d_{sw})) \rvert \le \sqrt{v / (R \delta)}",
    "delta_step": r"\eta g - \alpha_0 \eta^2 (1 - \cos(c, r)) \le "
    r"(\cos(w', b) - \alpha_0) \lVert w' \rVert \le \eta g",
    "independent_teacher": r"(\cos(w', b) - \alpha) \lVert w' \rVert \ge "
    r"\eta \tau (1 - \alpha^2) - \alpha \eta^2 / 2",
    "teacher_step": r"\eta g - \alpha \eta^2 / 2 \le (\cos(w', b) - \alpha) \lVert w' \rVert \le \eta g",
    "random_feature_limit": r"\frac{3}{4} L_T^2 \le "
    r"\frac14 (\sqrt{1 + 3 L_T} - \sqrt{1 - L_T})^2 \le L_S",
    "detection_concentration": r"\lvert \hat o - o \rvert \le \max(\alpha, \beta) "
    r"+ \sqrt{\log(2/\delta)/(2n)}",
    "bandit_regret": r"o_{\max} - \mathbb{E} \frac1T \sum_t o_{\pi(t)} \le "
    r"\sqrt{8K \log T / T} + K/T + 2K/T^3",
    "bandit_regret_probable": r"o_{\max} - \frac1T \sum_t X_t \le \sqrt{8K \log T / T} + K/T + "
    r"\sqrt{\log(1/\delta')/(2T)}",
    "bregman_gain": r"D(f^*, v) \le D(f^*, f_w) - D(v, f_w)",
    "bregman_inexact_gain": r"D(f^*, v) \le D(f^*, f_w) - D(v, f_w) + \gamma(v)",
    "bregman_dual_gain": r"D(v, f^*) \le D(f_w, f^*) - D(f_w, v)",
    "bregman_identity": r"D(f^*, f_w) - D(f^*, v) = D(v, f_w) "
    r"+ \langle \nabla\varphi(v) - \nabla\varphi(f_w), f^* - v \rangle",
    "teacher_average": r"D(f^*, f_w) - D(f^*, v) = D(v, f_w)",
    "head_law": r"D(f_w, f^*) - D(v, f^*) = D(f_w, v)",
    "head_law_inexact": r"D(f_w, f^*) - D(v, f^*) = D(f_w, v) "
    r"+ \langle \nabla L(\Theta_v), \Theta_{f^*} - \Theta_v \rangle",
    "combination_error": r"D(v_k, f_w) - D(v_\infty, f_w) \ge 0, "
    r"D(v_k, f_w) - D(v_\infty, f_w) \le (c - 1)/k",
    "combination_gain": r"D(f^*, f_w) - D(f^*, v_k) \ge D(v_k, f_w) - \delta_k "
    r"- \sqrt{\delta_k / 2} / \nu",
    "coverage_good_side": r"P(f \ne y \mid T) \le P(R(f)^c \mid T) "
    r"+ \max(q, P(f \ne \tilde y \mid S) / (c(1 - \alpha)))",
    "pseudolabel_correction_tight": r"P(f \ne y \mid S) \le (P(f \ne \tilde y \mid S) - \alpha(2c' - 1) "
    r"+ 2c'\alpha\rho) / (1 - 2c'\alpha)",
    "pseudolabel_correction": r"P(f \ne y \mid S) \le (2\alpha / (1 - 2\alpha)) \rho "
    r"+ P(f \ne \tilde y \mid S) + \alpha(1 - \frac{3}{2} c)",
    "coverage_expansion": r"P(f \ne y \mid T) \le (1 + \alpha / (1 - 2\alpha)) P(R(f)^c \mid T) "
    r"+ \max(q, (P(f \ne \tilde y \mid S) - c\alpha) / (c(1 - 2\alpha)))",
}


def plain(text):
    """LaTeX without what only breaks lines or spaces it."""
    return re.sub(r"\\[,;]|[\s${}]", "", text)


def test_the_folder_is_the_registry():
    assert [claim.name for claim in REGISTRY] == [
        path.stem for name in NAMES for path in FILES if path.parent.name == name
    ]
    assert all(claim.setting.name == path.parent.name for claim in REGISTRY for path in FILES
               if path.stem == claim.name)  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_theorems_file_is_short_and_says_where_it_is_from(path):
    module = importlib.import_module(f"w2sjax.claims.{path.parent.name}.{path.stem}")
    text = inspect.getdoc(module) or ""
    assert re.match(r"[A-Z][^\n]*\.(\n\n|$)", text), "the first line is one sentence"
    headings = [word for word in ("Setting.", "Reference.", "Numerics.") if f"\n\n{word}" in text]
    assert headings[:2] == ["Setting.", "Reference."]
    reference = text.split("Reference. ")[1]
    for number in re.findall(r"\d{4}\.\d{5}", module.CLAIM.source):
        assert number in reference
    assert ("derived" in module.CLAIM.source) == reference.startswith("Derived")
    code = [line for line in path.read_text().split('"""')[2].splitlines() if line.strip()]
    assert len(code) <= 60


@each_claim
def test_the_formula_is_as_a_person_wrote_it(claim):
    assert plain(statement(claim, LATEX)) == plain(WRITTEN[claim.name])
    assert statement(claim, UNICODE) and not re.search(r"\\", statement(claim, UNICODE))


# Of KL, or with an error term: no rational instance has equal sides but for trivial ones.
KL_ALONE = {"head_law", "head_law_inexact", "combination_error", "combination_gain"}


@each_claim
def test_claims_are_complete(claim):
    assert claim.title and claim.source
    assert claim.false_twin is not None and claim.false_twin != claim.claim
    assert set(claim.sets or ()) <= set(SETS)
    for assumption in claim.assumptions:
        assert assumption.description
    attained = claim.setting.name != "bandits" and claim.name not in KL_ALONE
    if claim.failure is None and claim.setting.exact and attained:
        assert claim.tight is not None
    assert formula(claim.comparisons, UNICODE)


@pytest.mark.parametrize("name", w2sjax._HOME)
def test_public_names_are_documented(name):
    value = getattr(w2sjax, name)
    home = importlib.import_module(f"w2sjax.{w2sjax._HOME[name]}")
    assert getattr(home, name) is value
    if isinstance(value, tuple | dict):
        assert home.__doc__ and name in home.__doc__
    else:
        assert value.__doc__ and not value.__doc__.startswith(f"{name}(")


def test_public_names_are_those_declared():
    declared = re.findall(r"import (\w+) as \1", inspect.getsource(w2sjax))
    assert set(declared) - {"threads"} == set(w2sjax._HOME) == set(dir(w2sjax))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        w2sjax.nonsense  # noqa: B018
