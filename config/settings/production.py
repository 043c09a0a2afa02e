"""Production: everything secret or local comes from the environment, and a missing piece stops the start.

The settings judge words alone, so that the image can be built and checked with stand-ins. What the words point
at is judged by the worker as it starts (``config.seal``) and by ``/readyz``.
"""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config import (
    env,
    seal,  # noqa: F401 - a worker that loads these settings proves its seal as it starts
)
from config.settings.base import *  # noqa: F403 - a settings module is the base and its differences
from config.settings.base import (
    SEALING_PKCS11_MODULE,
    SEALING_TIMESTAMP_CERTIFICATES_FILE,
    SEALING_TIMESTAMP_URL,
)

DEBUG = False
SECRET_KEY = env.text("SECRET_KEY")
SITE_URL = env.text("SITE_URL").rstrip("/")
if not SITE_URL.startswith("https://"):
    raise ImproperlyConfigured("SITE_URL must begin with https://: sessions and codes never travel in the clear.")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", urlsplit(SITE_URL).hostname or "")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
env.text("DATABASE_URL")
env.text("REDIS_URL")
env.text("EMAIL_URL")


# Only the worker holds the key; whoever takes over the web process can read the certificate and seal nothing.
SEALING_DEVELOPMENT_KEY = False
SEALING_KEY_FILE = env.text("SEALING_KEY_FILE", "")
SEALING_KEY_PASSPHRASE = SEALING_PKCS11_TOKEN = SEALING_PKCS11_KEY = SEALING_PKCS11_PIN = ""
if SEALING_KEY_FILE and SEALING_PKCS11_MODULE:
    raise ImproperlyConfigured("Set SEALING_KEY_FILE or SEALING_PKCS11_MODULE, not both: a seal has one key.")
if SEALING_KEY_FILE:
    SEALING_KEY_PASSPHRASE = env.text("SEALING_KEY_PASSPHRASE")
elif SEALING_PKCS11_MODULE:
    SEALING_PKCS11_TOKEN = env.text("SEALING_PKCS11_TOKEN")
    SEALING_PKCS11_KEY = env.text("SEALING_PKCS11_KEY")
    SEALING_PKCS11_PIN = env.text("SEALING_PKCS11_PIN")
else:
    SEALING_CERTIFICATE_FILE = env.text("SEALING_CERTIFICATE_FILE")
# A process that seals must not lose its authority by a forgotten line: the seals would silently be lesser ones.
if SEALING_TIMESTAMP_URL:
    SEALING_TIMESTAMP_CERTIFICATES_FILE = env.text("SEALING_TIMESTAMP_CERTIFICATES_FILE")
elif SEALING_TIMESTAMP_CERTIFICATES_FILE and (SEALING_KEY_FILE or SEALING_PKCS11_MODULE):
    raise ImproperlyConfigured("SEALING_TIMESTAMP_CERTIFICATES_FILE is set beside a key: set SEALING_TIMESTAMP_URL.")

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.flag("SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = 63_072_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", default=1)

# One line of JSON for each event, to standard error, for whatever collects it there.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "config.logs.json_lines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO").upper()},
    "loggers": {
        # The sweeps run every ten seconds; that each of them ran is said by the heartbeat.
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        # What was refused or not found is in the line of its request, without the address that was typed.
        "django.request": {"level": "ERROR"},
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "WARNING"},
    },
}
