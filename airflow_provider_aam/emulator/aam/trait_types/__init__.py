"""Customer trait types."""
