"""Algorithmic models, and the algorithms they use."""
