"""The customer's own domains."""
