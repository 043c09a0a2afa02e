"""The demo: services, mail, web, worker and scheduler in one terminal, ended together by one Ctrl-C.

Honcho prints the lines of the processes. Its Manager is not used: it ends all at once, not in order; a
Ctrl-C in its first moment makes it wait for ever; and its helper processes outlive a ``kill -9`` of it.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from honcho.colour import get_colours
from honcho.printer import Message, Printer

from config.embedded import checks, children, pair, places
from config.embedded.places import CannotStart

ROOT = Path(__file__).resolve().parents[2]
GIVEN = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL")
PATIENCE = 90  # seconds until the web process must have answered
RESTARTS, RESTARTS_WITHIN = 5, 60.0  # a program that ends more often in so many seconds will not live


class Living(Protocol):
    """What can end by itself."""

    @property
    def name(self) -> str: ...

    def ended(self) -> bool: ...


class Stopped(Exception):
    """One of the demo's processes ended by itself; the text says which."""


def run(directory: Path, port: int) -> None:
    """Everything until Ctrl-C. Raises CannotStart before, Stopped after the demo stood."""
    refuse(checks.system_fault())
    directory = directory.resolve()
    with pair.claimed(directory), ExitStack() as stack:
        children.end_leftovers(lambda: children.marked(directory), signal.SIGTERM, patience=3)
        refuse(checks.port_fault(port))
        given = {name: os.environ.get(name) or None for name in GIVEN}
        say("Starting PostgreSQL and Valkey …")
        services = stack.enter_context(pair.started(directory, True, given["DATABASE_URL"], given["REDIS_URL"]))
        stack.callback(say, "Stopping PostgreSQL and Valkey …")
        env = {**environment(services, port), children.MARK: str(directory)}
        ends = list[children.Child]()  # whose end is the demo's
        if not given["EMAIL_URL"]:
            mail, env["EMAIL_URL"] = start_mail(directory, env)
            stack.callback(mail.stop)
            ends.append(mail)
        say("Bringing the database up to date …")
        manage(env, "migrate", "--no-input", "--verbosity=0")
        manage(env, "demo_data")
        say("Starting web, worker and scheduler …")
        programs = start_programs(stack, directory, port, env)
        await_page(port, [*services.services, *ends], programs)
        manage(env, "demo_banner")
        watch(ends, programs, services.services)


def environment(services: pair.Pair, port: int) -> dict[str, str]:
    """What the application's processes get: ours over the terminal's."""
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "DATABASE_URL": services.database_url,
        "REDIS_URL": services.redis_url,
        "SITE_URL": f"http://localhost:{port}",
        "DEMO": "1",
        "PYTHONUNBUFFERED": "1",
    }


def manage(env: Mapping[str, str], *words: str) -> None:
    """Run a command of ``manage.py`` to its end; its lines appear as they are."""
    child = children.start(words[0], [sys.executable, "manage.py", *words], cwd=ROOT, env=env)
    try:
        failed = child.popen.wait()
    finally:
        child.stop()
    if failed:
        raise CannotStart(f"The command failed, see above: manage.py {words[0]}")


def start_mail(directory: Path, env: Mapping[str, str]) -> tuple[children.Child, str]:
    """The mail server on a free port; the socket is handed over open, so that no port is lost between."""
    kept = directory / "mail"
    places.make_private(kept)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        child = children.start(
            "mail",
            [sys.executable, "-m", "config.embedded", "mail", str(listening.fileno()), str(kept)],
            cwd=ROOT,
            env=env,
            output=subprocess.DEVNULL,
            pass_fds=[listening.fileno()],
        )
        return child, f"smtp://127.0.0.1:{listening.getsockname()[1]}"


class Program:
    """Worker, scheduler or web: started, its lines printed, and started again when it ends by itself."""

    def __init__(self, name: str, words: Sequence[str], env: Mapping[str, str], show: Callable[..., None]) -> None:
        self.name, self.words, self.env, self.show = name, words, env, show
        self.begun: list[float] = []
        self.start()

    def start(self) -> None:
        self.begun.append(time.monotonic())
        self.child = children.start(
            self.name,
            [sys.executable, *self.words],
            # A worker that is asked politely waits for its broker, which dies with us; its pool follows it.
            orphaned=signal.SIGKILL if self.name == "worker" else None,
            cwd=ROOT,
            env=self.env,
            output=subprocess.PIPE,
        )
        self.lines = threading.Thread(target=self.show, args=(self.child,), daemon=True)
        self.lines.start()

    def keep(self) -> None:
        if not self.child.ended():
            return
        self.child.stop()  # whoever is left of its group
        refuse_to_live(self.name, self.begun)
        say(f"{self.name} ended by itself and is started again.")
        self.start()

    def stop(self) -> None:
        self.child.stop()
        self.lines.join(1)


def start_programs(stack: ExitStack, directory: Path, port: int, env: Mapping[str, str]) -> list[Program]:
    """Worker, scheduler and web; the stack stops them in the opposite order, whether all started or not."""
    # In a container all is root; Celery's six lines about it are for real deployments.
    celery = ("-W", "ignore:You're running the worker", "-m", "celery", "--quiet", "-A", "config.celery")
    schedule = f"--schedule={directory / 'celerybeat-schedule'}"
    programs = {
        "worker": (*celery, "worker", "--loglevel=WARNING", "--concurrency=2", "-n", "worker@%h"),
        "beat": (*celery, "beat", "--loglevel=WARNING", schedule),
        "web": ("-m", "granian", *web_words(port)),
    }
    printer, lock, colours = Printer(sys.stdout, width=6), threading.Lock(), get_colours()
    running = []
    for name, words in programs.items():
        program = Program(name, words, env, partial(relay, printer=printer, lock=lock, colour=next(colours)))
        stack.callback(program.stop)
        running.append(program)
    stack.callback(say, "Stopping web, worker and scheduler …")
    return running


def web_words(port: int) -> tuple[str, ...]:
    bound = ("--host", "127.0.0.1", "--port", str(port))
    size = ("--workers", "1", "--blocking-threads", "4", "--workers-kill-timeout", "5")
    return ("--interface", "wsgi", *bound, *size, "--log-level", "warning", "config.wsgi:application")


def relay(child: children.Child, printer: Printer, lock: threading.Lock, colour: str) -> None:
    """Print the child's lines with its name before them, until it closes its output."""
    assert child.popen.stdout is not None
    for line in child.popen.stdout:
        with lock:
            printer.write(Message("line", line, datetime.now(), child.name, colour))


def await_page(port: int, running: Sequence[Living], programs: list[Program]) -> None:
    """Wait until the web process says that it lives."""
    deadline = time.monotonic() + PATIENCE
    while not answers(port):
        check(running)
        check([program.child for program in programs])
        if time.monotonic() > deadline:
            raise Stopped(f"The web process did not answer within {PATIENCE} seconds.")
        time.sleep(0.1)


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def watch(ends: Sequence[Living], programs: list[Program], services: Sequence[pair.Service] = ()) -> None:
    """Until a signal, until one of ``ends`` ends by itself, or until a service or a program will not live."""
    begun: dict[str, list[float]] = {service.name: [] for service in services}
    while True:
        check(ends)
        for service in services:
            if service.ended():
                begun[service.name].append(time.monotonic())
                refuse_to_live(service.name, begun[service.name])
                say(f"{service.name} ended by itself and is started again.")
                service.restart()
        for program in programs:
            program.keep()
        time.sleep(0.3)


def refuse_to_live(name: str, begun: list[float]) -> None:
    """As a deployment would: start again, but not what will not live."""
    if len([at for at in begun if time.monotonic() - at < RESTARTS_WITHIN]) > RESTARTS:
        raise Stopped(f"{name} ended by itself again and again; see the lines above, or {name}.log.")


def check(running: Sequence[Living]) -> None:
    for child in running:
        if child.ended():
            raise Stopped(f"{child.name} ended by itself; see the lines above, or {child.name}.log.")


def refuse(fault: str | None) -> None:
    if fault:
        raise CannotStart(fault)


def say(line: str) -> None:
    print(line, flush=True)
