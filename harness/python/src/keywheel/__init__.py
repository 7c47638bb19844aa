"""Keywheel, a test bench for secret rotation, from Python.

`Server` is a running emulator of AWS Secrets Manager and its neighbours, with a clock that tests
move and faults that tests inject; `sweep` is a rotation of your own function under every fault. With
pytest both come as fixtures and tests: see `keywheel.pytest_plugin`.
"""

from ._binary import binary
from ._server import Clock, KeywheelError, Server
from ._sweep import Finding, Sweep, sweep

__all__ = ["Clock", "Finding", "KeywheelError", "Server", "Sweep", "binary", "sweep"]
