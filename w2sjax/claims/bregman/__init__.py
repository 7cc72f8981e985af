"""Bregman geometry: classifiers and other losses than the squared one (Mulgund, Pabbaraju 2025)."""
