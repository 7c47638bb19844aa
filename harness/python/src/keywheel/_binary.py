"""Where the command is."""

import os
import shutil
import sys
import sysconfig
from pathlib import Path


def binary() -> str:
    """The path of the command: $KEYWHEEL_BINARY, else the one that was installed with this package,
    else the one on PATH.

    Raises FileNotFoundError, which says what to do, where none is found.
    """
    given = os.environ.get("KEYWHEEL_BINARY")
    if given:
        if not Path(given).is_file():
            raise FileNotFoundError(f"KEYWHEEL_BINARY={given}: there is no such file")
        return given
    name = "keywheel.exe" if os.name == "nt" else "keywheel"
    for folder in _script_folders():
        path = folder / name
        if path.is_file():
            return str(path)
    found = shutil.which("keywheel")
    if found is None:
        raise FileNotFoundError(
            "the command keywheel is not installed beside this package: install the wheel of "
            "your platform again, or set KEYWHEEL_BINARY to the command's path"
        )
    return found


def _script_folders() -> "list[Path]":
    schemes = [sysconfig.get_default_scheme()] if hasattr(sysconfig, "get_default_scheme") else []
    schemes += [name for name in sysconfig.get_scheme_names() if name.endswith("_user")]
    folders = [Path(sysconfig.get_path("scripts", scheme)) for scheme in schemes]
    return [*folders, Path(sys.executable).parent]
