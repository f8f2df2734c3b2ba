"""Mappings of segments to destinations."""
