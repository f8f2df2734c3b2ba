"""Derived signals."""
