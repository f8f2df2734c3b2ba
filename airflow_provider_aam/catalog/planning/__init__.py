"""Rows and the account → a plan."""
