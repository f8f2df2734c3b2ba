"""Folders: one tree for traits, one for segments."""
