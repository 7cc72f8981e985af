"""Solvers: what a set without a closed form needs. They find points and do not grade them."""

from .box import box as box
from .polyhedron import polyhedron as polyhedron
from .simplex import l1_ball as l1_ball
from .simplex import simplex as simplex
from .solution import Solution as Solution
