"""Rows of what AAM delivers."""
