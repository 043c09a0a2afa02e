"""Development and demo: embedded services, a generated seal, a clock that can be moved."""

from config import env
from config.settings.base import *  # noqa: F403 - a settings module is the base and its differences
from config.settings.base import SEALING_PKCS11_MODULE, STATIC_ROOT, STORAGES, VAR

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = "development only, never used where people's papers are"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
DEMO = env.flag("DEMO", default=True)
DEMO_MAIL = env.text("DEMO_MAIL", str(VAR / "mail"))
SEALING_DEVELOPMENT_KEY = not SEALING_PKCS11_MODULE  # a token may be tried here, too
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # http://localhost
ACCOUNT_RATE_LIMITS = {"request_login_code": "60/m/ip,20/m/key", "login": "60/m/ip", "login_failed": "20/m/ip"}
QUIET_HOURS = None  # whoever moves the demo's clock wants to read at once what was written; one's own hours hold
CALENDAR_SECONDS = 10.0  # whoever moves the demo's clock does not want to wait for a minute
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a folder that is not there
