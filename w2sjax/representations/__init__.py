"""Representations to put strong and weak heads on: networks, their pretraining and perturbation.

Needs flax, from the extra `experiments`.
"""

from w2sjax.representations.heads import Heads as Heads
from w2sjax.representations.heads import draw_heads as draw_heads
from w2sjax.representations.heads import train_heads as train_heads
from w2sjax.representations.network import Representation as Representation
from w2sjax.representations.perturbation import perturb as perturb
from w2sjax.representations.pretraining import pretrain as pretrain
from w2sjax.representations.schedule import Schedule as Schedule
