"""What waits in the triggerer for deferred tasks."""
