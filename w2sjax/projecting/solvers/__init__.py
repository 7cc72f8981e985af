"""Solvers: what a set without a closed form needs. They find points and do not grade them."""

from .least_squares import Solution as Solution
from .polyhedron import polyhedron as polyhedron
from .regions import box as box
from .regions import l1_ball as l1_ball
from .regions import simplex as simplex
