"""Settings of a real worker that tests start: those of the tests, but mail leaves by SMTP.

Database, Redis and mail server come by ``DATABASE_URL``, ``REDIS_URL``, ``REDIS_DB`` and ``EMAIL_URL``.
"""

from config.settings.test import *  # noqa: F403 - a settings module is the base and its differences

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
