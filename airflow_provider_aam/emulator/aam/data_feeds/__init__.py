"""Audience Marketplace, as far as it can be read."""
