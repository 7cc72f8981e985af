"""Statements of Bregman geometry as linear programs: what they say of numbers, and how that is written."""
