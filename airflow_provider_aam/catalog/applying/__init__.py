"""A plan → AAM, and what became of every change."""
