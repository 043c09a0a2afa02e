"""Tests: stricter than production where that finds faults, quicker where it changes nothing."""

from config.settings.base import *  # noqa: F403 - a settings module is the base and its differences
from config.settings.base import STATIC_ROOT, STORAGES, TEMPLATES, VAR

DEBUG = False
SECRET_KEY = "tests only"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
SITE_URL = "http://testserver"
QUIET_HOURS = None  # at whatever hour the tests run; those of quiet hours set their own
SEALING_DEVELOPMENT_KEY = True
SEALING_KEY_FILE = str(VAR / "test" / "sealing.p12")
SEALING_CERTIFICATE_FILE = SEALING_PKCS11_MODULE = SEALING_TIMESTAMP_URL = SEALING_TIMESTAMP_CERTIFICATES_FILE = ""
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # http://localhost
ACCOUNT_RATE_LIMITS = {"request_login_code": "1000/m/ip,1000/m/key", "login": "1000/m/ip"}


class Undefined(str):
    """A template variable that does not exist fails the test that renders it."""

    def __mod__(self, name: object) -> str:
        raise LookupError(f"template variable {name} does not exist")

    def __contains__(self, item: object) -> bool:
        return item == "%s"


TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = Undefined("%s")  # type: ignore[index]
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a folder that is not there
