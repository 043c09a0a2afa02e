"""Where each service lives: its files, its socket, its address, its account.

All of it follows from the directory alone (``var``), and on the modes of what already exists there, so that
two processes that never met agree. PostgreSQL refuses to run as root; started by root it runs as
``postgres`` or ``nobody``, and moves to ``/var/lib`` when that account cannot reach the directory.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import stat
from pathlib import Path
from urllib.parse import quote

ROLE = DATABASE = "tripartite"
LIBRARY = Path("/var/lib/tripartite")
LONGEST_SOCKET = 103  # bytes; the kernel's limit is 107 on Linux and 103 elsewhere
POSTGRES_SOCKET = ".s.PGSQL.5432"
VALKEY_SOCKET = "valkey.sock"


class CannotStart(Exception):
    """A service cannot be started; the text is one sentence for the person at the terminal."""


class AlreadyRunning(CannotStart):
    """Somebody else runs the services of this directory."""


def database_url(directory: Path) -> str:
    """The address of the PostgreSQL of this directory, as django-environ spells a socket's directory."""
    return f"postgres://{ROLE}@/{quote(str(postgres_socket(directory).parent))}/{DATABASE}"


def redis_url(directory: Path) -> str:
    """The address of the Valkey of this directory: ``unix://`` and the percent-encoded path."""
    return f"unix://{quote(str(valkey_socket(directory)))}"


def postgres_home(directory: Path) -> Path:
    """The directory that belongs to PostgreSQL's account and holds ``data``."""
    directory = directory.resolve()
    if account() is not None and not reachable(directory):
        return LIBRARY / digest(directory)
    return directory / "postgres"


def postgres_socket(directory: Path) -> Path:
    return _short_enough(postgres_home(directory) / "socket" / POSTGRES_SOCKET)


def valkey_home(directory: Path) -> Path:
    return directory.resolve() / "valkey"


def valkey_socket(directory: Path) -> Path:
    return _short_enough(valkey_home(directory) / VALKEY_SOCKET)


def account() -> pwd.struct_passwd | None:
    """Whom PostgreSQL runs as instead of root; None when we are not root and it runs as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def reachable(path: Path) -> bool:
    """True when any account may pass through all that exists of the path; what is missing we make so."""
    for part in (path, *path.parents):
        try:
            mode = part.stat().st_mode
        except FileNotFoundError:
            continue
        if not mode & stat.S_IXOTH:
            return False
    return True


def digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def make_passable(directory: Path) -> None:
    """Make the missing parts of the path so that any account may pass, whatever the umask; touch no other."""
    missing = [part for part in (directory, *directory.parents) if not part.exists()]
    for part in reversed(missing):
        part.mkdir(exist_ok=True)
        part.chmod(0o755)


def make_private(directory: Path, owner: pwd.struct_passwd | None = None) -> None:
    """Make a directory that only its owner may enter, or raise CannotStart if somebody else's is there."""
    uid = owner.pw_uid if owner else os.geteuid()
    try:
        directory.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        if owner:
            os.chown(directory, owner.pw_uid, owner.pw_gid)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid or found.st_mode & 0o077:
        raise CannotStart(
            f"{directory} is not a private directory of {pwd.getpwuid(uid).pw_name}, perhaps because another "
            f"account made it; start as that account, or remove it: rm -r '{directory}'"
        )


def _short_enough(path: Path) -> Path:
    """The path itself, or one in a short directory of its own when it cannot be a socket's name.

    The kernel limits the length; to PostgreSQL's client library a comma parts two hosts.
    """
    if len(os.fsencode(path)) <= LONGEST_SOCKET and "," not in str(path):
        return path
    return Path("/tmp") / f"tripartite-{digest(path)}" / path.name
