"""Desired state of an AAM account, from files kept in git: read → check → plan → apply."""
