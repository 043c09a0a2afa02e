"""PostgreSQL and Valkey from wheels, for the demo, for development and for tests.

Scaffolding, not the product: with ``DATABASE_URL`` and ``REDIS_URL`` set, none of it runs. Settings ask only
for the two addresses, which are pure functions of the directory, so that ``manage.py`` in another terminal
finds a running demo. ``python -m config.embedded --help`` lists the commands. No module here imports Django.
"""

from config.embedded.pair import Pair, erase, running, was_started
from config.embedded.places import AlreadyRunning, CannotStart, database_url, redis_url
from config.embedded.postgres import let_rows_be_laid_down

__all__ = [
    "AlreadyRunning",
    "CannotStart",
    "Pair",
    "database_url",
    "erase",
    "let_rows_be_laid_down",
    "redis_url",
    "running",
    "was_started",
]
