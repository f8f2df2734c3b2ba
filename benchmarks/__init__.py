"""What this package costs, measured against the public client and against the bare floor."""
