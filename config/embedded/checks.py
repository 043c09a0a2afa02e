"""What the machine must have before anything is started; each fault is one sentence with its mend.

Standard library only, and runnable as a file (``python config/embedded/checks.py``), because make asks
before the virtual environment exists.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import platform
import shutil
import socket
import sys

# What WeasyPrint opens: (name on Linux, name for the search on other systems).
LIBRARIES = (
    ("libgobject-2.0.so.0", "gobject-2.0"),
    ("libpango-1.0.so.0", "pango-1.0"),
    ("libpangoft2-1.0.so.0", "pangoft2-1.0"),
    ("libharfbuzz.so.0", "harfbuzz"),
    ("libfontconfig.so.1", "fontconfig"),
)


def python_fault() -> str | None:
    """A sentence unless this is Python 3.11, for which the requirements are locked."""
    if platform.python_version_tuple()[:2] == ("3", "11"):
        return None
    return (
        f"This is Python {platform.python_version()}, but Python 3.11 is needed: "
        f"{_sudo()}apt-get install python3.11 python3.11-venv"
    )


def pango_fault() -> str | None:
    """A sentence unless every library can be opened that renders agreements as PDF."""
    missing = [linux for linux, name in LIBRARIES if not (_opens(linux) or _found(name))]
    if not missing:
        return None
    mend = f"{_sudo()}apt-get install libpango-1.0-0 libpangoft2-1.0-0"
    if sys.platform == "darwin":
        mend = "brew install pango"
    elif not shutil.which("apt-get"):
        mend = "install Pango with the system's package tool"
    return f"The Pango library, which draws the PDFs, is missing ({missing[0]}): {mend}"


def port_fault(port: int) -> str | None:
    """A sentence unless a server may listen on the port of 127.0.0.1."""
    with socket.socket() as probe:
        # As a server does it: a connection that is closing does not count, one that listens does.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen()
        except PermissionError:
            return f"Port {port} needs root; use another one: make demo PORT={8000 if port != 8000 else 9000}"
        except (OSError, OverflowError):
            return f"Port {port} is taken; use another one: make demo PORT={9000 if port != 9000 else 9001}"
    return None


def system_fault() -> str | None:
    """The first sentence about the machine itself."""
    return python_fault() or pango_fault()


def _opens(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _found(name: str) -> bool:
    return sys.platform != "linux" and ctypes.util.find_library(name) is not None


def _sudo() -> str:
    return "" if os.geteuid() == 0 else "sudo "


if __name__ == "__main__":
    sys.exit(system_fault())
