"""`python -m keywheel` is the command `keywheel`."""

import os
import subprocess
import sys

from ._binary import binary


def main() -> int:
    command = [binary(), *sys.argv[1:]]
    if os.name == "posix":
        os.execv(command[0], command)
    return subprocess.call(command)


if __name__ == "__main__":
    sys.exit(main())
