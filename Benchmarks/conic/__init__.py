"""Conic programs: random ones, the conic benchmark format, and Clarabel on them."""
