"""The register of personal data in the tables of libraries; see ``people.privacy`` for how it is read.

Only tables of installed applications count, so that a line may wait here for its application.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from people.privacy import DELETE, INTERNAL, NOT_PERSONAL, OPERATION, PERSONAL, SECRET, SHORT, Table, column, machine

SIGN_IN = _("until you remove it or your account is erased")

TABLES = (
    Table(
        "sessions.Session",
        _("Where you are signed in"),
        SHORT,
        columns=(
            column("session_key", SECRET, _("recognises your browser"), DELETE),
            column("session_data", SECRET, _("who is signed in, and what a page remembers"), DELETE),
            column("expire_date", INTERNAL, _("when you are signed out"), DELETE),
        ),
    ),
    Table(
        "account.EmailAddress",
        _("Addresses for signing in"),
        SIGN_IN,
        own=("user",),
        columns=(
            machine("id"),
            column("user", INTERNAL, _("whose address it is"), DELETE),
            column("email", PERSONAL, _("to sign in"), DELETE),
            column("verified primary", PERSONAL, _("whether the address was confirmed"), DELETE),
        ),
    ),
    Table(
        "account.EmailConfirmation",
        _("Confirmations of addresses"),
        SHORT,
        own=("email_address__user",),
        columns=(
            machine("id"),
            column("email_address", INTERNAL, _("which address"), DELETE),
            column("created sent", PERSONAL, _("when a confirmation was sent"), DELETE),
            column("key", SECRET, _("to confirm the address"), DELETE),
        ),
    ),
    Table(
        "mfa.Authenticator",
        _("Second factors"),
        SIGN_IN,
        own=("user",),
        columns=(
            machine("id"),
            column("user", INTERNAL, _("whose second factor it is"), DELETE),
            column("type created_at last_used_at", PERSONAL, _("which kind, and when it was used"), DELETE),
            column("data", SECRET, _("to check the second factor"), DELETE),
        ),
    ),
    Table(
        "usersessions.UserSession",
        _("Your sessions"),
        SHORT,
        own=("user",),
        columns=(
            machine("id"),
            column("user", INTERNAL, _("whose session it is"), DELETE),
            column("created_at last_seen_at", PERSONAL, _("when you were here"), DELETE),
            column("ip user_agent", PERSONAL, _("so that you recognise your own browsers"), DELETE),
            column("session_key data", SECRET, _("recognises your browser"), DELETE),
        ),
    ),
    Table(
        "socialaccount.SocialAccount",
        _("Sign-in by your organisation"),
        SIGN_IN,
        own=("user",),
        columns=(
            machine("id"),
            column("user", INTERNAL, _("whose sign-in it is"), DELETE),
            column("provider uid extra_data", PERSONAL, _("who you are at your organisation's sign-in"), DELETE),
            column("last_login date_joined", PERSONAL, _("when you used it"), DELETE),
        ),
    ),
    Table(
        "socialaccount.SocialToken",
        _("Keys of your organisation's sign-in"),
        SHORT,
        own=("account__user",),
        columns=(
            machine("id app"),
            column("account", INTERNAL, _("whose key it is"), DELETE),
            column("token token_secret expires_at", SECRET, _("to ask your organisation's sign-in"), DELETE),
        ),
    ),
    Table(
        "socialaccount.SocialApp",
        _("Sign-in services"),
        OPERATION,
        columns=(
            machine("id provider provider_id name client_id settings"),
            column("secret key", SECRET, _("to talk to the sign-in service"), NOT_PERSONAL),
        ),
    ),
    Table("auth.Permission", _("Permissions (unused)"), OPERATION, columns=(machine("id name content_type codename"),)),
    Table("auth.Group", _("Groups (unused)"), OPERATION, columns=(machine("id name"),)),
    Table("auth.Group_permissions", _("Groups (unused)"), OPERATION, columns=(machine("id group permission"),)),
    Table("contenttypes.ContentType", _("Kinds of rows"), OPERATION, columns=(machine("id app_label model"),)),
)
