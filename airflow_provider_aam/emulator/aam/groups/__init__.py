"""Groups and what their members may do."""
