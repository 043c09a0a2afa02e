"""``python -m config.embedded``: demo, services, run, erase (and mail, which the demo starts itself).

Ctrl-C, SIGTERM and the terminal's closing end it in the same way: whatever was started is stopped in order.
"""

from __future__ import annotations

import argparse
import signal
import socket
import sys
import time
from pathlib import Path
from types import FrameType

from config.embedded import children, demo, mail, pair, places, postgres
from config.embedded.demo import ROOT, say
from config.embedded.places import AlreadyRunning, CannotStart

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    asked = arguments().parse_args()
    for number in ENDING:
        if number == signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN:  # nohup stays nohup
            signal.signal(number, stop)
    try:
        return int(asked.act(asked) or 0)
    except (CannotStart, demo.Stopped) as reason:
        print(reason, file=sys.stderr)
    except OSError as error:
        print(f"{error.strerror}: {error.filename or ''}", file=sys.stderr)
    except KeyboardInterrupt:
        say("Stopped.")
        return 0
    return 1


def stop(number: int, frame: FrameType | None) -> None:
    """Once: what is asked again while things are being stopped in order must not cut that short."""
    for each in ENDING:
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m config.embedded", description="Tripartite without servers")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, act: object, told: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=told, description=told)
        command.add_argument("--directory", type=Path, default=ROOT / "var", help="where it is kept (var)")
        command.set_defaults(act=act)
        return command

    add("demo", run_demo, "the whole application with demo data").add_argument("--port", type=int, default=8000)
    add("services", run_services, "PostgreSQL and Valkey alone, until Ctrl-C")
    run = add("run", run_command, "one command with PostgreSQL and Valkey around it")
    run.add_argument("command", nargs="+", metavar="-- COMMAND")
    add("erase", erase, "remove the database and the queue")
    sink = commands.add_parser("mail", help="the demo's mail server (started by the demo)")
    sink.add_argument("socket", type=int)
    sink.add_argument("kept", type=Path)
    sink.set_defaults(act=keep_mail)
    return parser


def run_demo(asked: argparse.Namespace) -> None:
    demo.run(asked.directory, asked.port)


def run_services(asked: argparse.Namespace) -> None:
    with pair.running(asked.directory) as services:
        say(f"DATABASE_URL={services.database_url}")
        say(f"REDIS_URL={services.redis_url}")
        host = places.postgres_socket(asked.directory).parent
        say(f"PostgreSQL and Valkey run until Ctrl-C; a prompt: psql -h '{host}' -U {places.ROLE} {places.DATABASE}")
        demo.watch([], [], services.services)


def run_command(asked: argparse.Namespace) -> int:
    """With the services that run in the directory, or else with some for this command alone, migrated."""
    try:
        with pair.running(asked.directory) as services:
            env = demo.environment(services, 8000)
            demo.manage(env, "migrate", "--no-input", "--verbosity=0")
            return follow(asked.command, env)
    except AlreadyRunning:
        services = pair.Pair(places.database_url(asked.directory), places.redis_url(asked.directory))
        await_database(asked.directory)
        return follow(asked.command, demo.environment(services, 8000))


def await_database(directory: Path) -> None:
    """The one who holds the directory may only just have begun."""
    deadline = time.monotonic() + 30
    while not postgres.accepts(directory):
        if time.monotonic() > deadline:
            raise CannotStart("Another process holds the directory, but its database does not answer.")
        time.sleep(0.1)


def follow(command: list[str], env: dict[str, str]) -> int:
    """Run the command in our terminal and return its exit code; a Ctrl-C there is for the command."""
    child = children.start(command[0], command, cwd=Path.cwd(), env=env, in_terminal=True)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return child.popen.wait()
    finally:
        child.stop()


def erase(asked: argparse.Namespace) -> None:
    pair.erase(asked.directory)
    say("The database and the queue are removed.")


def keep_mail(asked: argparse.Namespace) -> None:
    mail.keep(socket.socket(fileno=asked.socket), asked.kept)


if __name__ == "__main__":
    sys.exit(main())
