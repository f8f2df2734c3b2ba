"""The categories of traits."""
