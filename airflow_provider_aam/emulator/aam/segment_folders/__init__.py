"""The tree that segments are in."""
