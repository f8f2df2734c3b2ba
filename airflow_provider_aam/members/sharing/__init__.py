"""One set by several tasks."""
