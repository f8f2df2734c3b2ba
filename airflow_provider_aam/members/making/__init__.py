"""Rows become the parts of a set: cut, grouped, compared with the last set, written."""
