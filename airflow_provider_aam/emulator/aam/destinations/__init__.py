"""Destinations."""
