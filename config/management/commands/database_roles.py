"""Restricts the role that the application runs as: it adds to the append-only tables and changes nothing there.

Run as the owner of the tables after each migrate; running it again changes nothing. In one transaction: all that
the role had is taken back, then it may read and write the ordinary tables, read and add to the append-only ones,
and use the sequences. In an append-only table whose words can be erased it may also update, but for the key: a trigger
lets no update pass but one that erases. It may truncate, create or alter nothing. The append-only tables, and those
that can be erased, are those whose triggers say so, so that the lists cannot go stale.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
APPEND_ONLY = """
SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE p.proname = 'refuse_change' AND NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace
ORDER BY c.relname
"""
ERASABLE = """
SELECT c.relname, a.attname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> 'id'
WHERE p.proname = 'refuse_all_but_erasure' AND NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace
ORDER BY c.relname, a.attnum
"""
# Whoever is, or may become, a superuser or the owner can switch the triggers off: the restriction would be empty.
UNRESTRICTED = """
SELECT rolsuper OR rolcreaterole OR pg_has_role(rolname, current_user, 'MEMBER') FROM pg_roles WHERE rolname = %s
"""


class Command(BaseCommand):
    help = "Restrict the database role that the application runs as (run as the owner, after migrate)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--application-role", required=True, metavar="NAME")

    def handle(self, *, application_role: str, **options: Any) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            require_restrictable(cursor, application_role)
            ordinary, append_only = tables(cursor)
            if not append_only:
                raise CommandError("There are no append-only tables yet: manage.py migrate")
            restrict(cursor, application_role, ordinary, append_only)
        self.stdout.write(
            f"{application_role} may change {len(ordinary)} tables and only add to {', '.join(append_only)}."
        )


def require_restrictable(cursor: CursorWrapper, role: str) -> None:
    """Raise CommandError unless the role exists and can be held to its grants."""
    cursor.execute(UNRESTRICTED, [role])
    found = cursor.fetchone()
    if found is None:
        raise CommandError(f"There is no role {role}; as a superuser: CREATE ROLE {role} LOGIN PASSWORD '…'")
    if found[0]:
        raise CommandError(
            f"The role {role} is, or can become, a superuser or the owner; run the application as another."
        )


def tables(cursor: CursorWrapper) -> tuple[list[str], list[str]]:
    """The ordinary tables and the append-only ones, sorted."""
    cursor.execute(APPEND_ONLY)
    append_only = [name for (name,) in cursor.fetchall()]
    cursor.execute(TABLES)
    return [name for (name,) in cursor.fetchall() if name not in append_only], append_only


def restrict(cursor: CursorWrapper, role: str, ordinary: list[str], append_only: list[str]) -> None:
    name = connection.ops.quote_name
    cursor.execute("SELECT current_schema()")
    schema = name(cursor.fetchone()[0])
    for whom in (name(role), "PUBLIC"):
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {whom}")
        cursor.execute(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM {whom}")
        cursor.execute(f"REVOKE CREATE ON SCHEMA {schema} FROM {whom}")
    cursor.execute(f"GRANT USAGE ON SCHEMA {schema} TO {name(role)}")
    cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {name(role)}")
    for rights, granted in (("SELECT, INSERT, UPDATE, DELETE", ordinary), ("SELECT, INSERT", append_only)):
        cursor.execute(f"GRANT {rights} ON {', '.join(map(name, granted))} TO {name(role)}")
    cursor.execute(ERASABLE)
    for table, column in cursor.fetchall():
        cursor.execute(f"GRANT UPDATE ({name(column)}) ON {name(table)} TO {name(role)}")
