"""The account → catalog files."""
