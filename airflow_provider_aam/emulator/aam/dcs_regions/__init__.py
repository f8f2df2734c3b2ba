"""Regions of the data collection servers (DCS)."""
