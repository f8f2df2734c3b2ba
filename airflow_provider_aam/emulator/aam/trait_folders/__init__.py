"""The tree that traits are in."""
