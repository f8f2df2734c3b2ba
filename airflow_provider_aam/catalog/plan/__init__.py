"""A plan: its values, its file, its lines."""
