"""A stand-in for Adobe IMS and Adobe Audience Manager on this machine, for tests and for trying things out.

`with running_emulator() as emulator:` starts it in this process, `airflow-aam emulator` in one of its own, and the
pytest fixture `aam_emulator` is there as soon as the package is installed. docs/emulator.md says what it does not do.
"""

from __future__ import annotations

from airflow_provider_aam.emulator.control import Emulator, EmulatorControl
from airflow_provider_aam.emulator.server import running_emulator

__all__ = ["Emulator", "EmulatorControl", "running_emulator"]
