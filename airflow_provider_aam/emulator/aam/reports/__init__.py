"""Reports on populations."""
