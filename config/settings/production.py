"""Production: everything secret or local comes from the environment, and a missing piece stops the start."""

from config import env
from config.settings.base import *  # noqa: F403 - a settings module is the base and its differences

DEBUG = False
SECRET_KEY = env.text("SECRET_KEY")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
SITE_URL = env.text("SITE_URL").rstrip("/")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
env.text("DATABASE_URL")
env.text("REDIS_URL")
env.text("EMAIL_URL")
SEALING_KEY_FILE = env.text("SEALING_KEY_FILE")
SEALING_KEY_PASSPHRASE = env.text("SEALING_KEY_PASSPHRASE")

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
