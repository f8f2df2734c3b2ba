"""Audience Lab: segment test groups."""
