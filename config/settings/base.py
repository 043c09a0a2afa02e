"""Settings that every deployment shares; dev, test and production add to them."""

from __future__ import annotations

from datetime import time, timedelta

from csp.constants import NONE, SELF
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from config import embedded, env

ROOT = env.ROOT
VAR = ROOT / "var"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "full_name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

INSTALLED_APPS = [
    "config",
    "agreements",
    "secondments",
    "people",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_filters",
    "django_fsm",
    "django_htmx",
    "django_countries",
    "js_lib_bootstrap5",
    "tablericons",
]

MIDDLEWARE = [
    "config.middleware.line",
    "config.middleware.headers",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.methods",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "people.middleware.limits",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "people.middleware.second_factor",
    "people.looking_on.Support",
    "allauth.account.middleware.AccountMiddleware",
    "people.middleware.reader",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.without_nul",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.page",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "people.templatetags.ui",
            ],
        },
    }
]
FORM_RENDERER = "people.forms.base.Renderer"

# PostgreSQL holds the truth; the connection is kept, as a new one for each request costs a factor of two.
DATABASES = {
    "default": {
        **env.database(embedded.database_url(VAR)),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 3},
    }
}

REDIS_DB = env.number("REDIS_DB", default=0)
BROKER_URL, CACHE_URL = env.redis_addresses(embedded.redis_url(VAR), REDIS_DB)
CACHES = {
    "default": {
        "BACKEND": "config.cache.ForgivingRedis",
        "LOCATION": CACHE_URL,
        # A Redis that does not answer must not hold up a request.
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
}

CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "UTC"
# Work survives a killed worker: acknowledged when done, given back when the worker is lost, and looked
# for again after seconds rather than after kombu's usual hundred.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 2,
    "unacked_restore_limit": 10_000,
    "unacked_restore_throttle": 1,
    # A request that asks a worker waits for a second at most; kombu's own way is to try for many.
    "socket_timeout": 1,
    "socket_connect_timeout": 1,
    "max_retries": 0,
}
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker for as long as it takes
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# In which reminders wait, in the reader's zone, for who has chosen no quiet hours of their own; None for never.
QUIET_HOURS: tuple[time, time] | None = (time(20), time(7))
CALENDAR_SECONDS = 60.0  # how often the calendar looks for what is due

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = reverse_lazy("account_request_login_code")
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "people.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = (
    True  # no mail goes out: it is how the adapter takes as long for nobody as for somebody
)
ACCOUNT_SESSION_REMEMBER = True  # how long a session lasts is said by the two limits below
ACCOUNT_FORMS = {
    "request_login_code": "people.forms.sign_in.AskForm",
    "confirm_login_code": "people.forms.sign_in.CodeForm",
    "login": "people.forms.sign_in.PasswordForm",
}
MFA_ADAPTER = "people.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "people.forms.sign_in.SecondFactorForm",
    "authenticate_webauthn": "people.forms.sign_in.PasskeyForm",
}
MFA_TOTP_ISSUER = "Tripartite"
MFA_TRUST_ENABLED = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
SOCIALACCOUNT_ADAPTER = "people.provider_adapter.ProviderAdapter"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "20/m/ip,5/m/key,10/h/key",
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
}

# The pages that an administrator may see as another person does, by name; a new page is not among them until it is
# put here. Never: what is done by opening it, salaries, how one signs in, personal exports, signing.
SUPPORT_SHOWS = frozenset(
    {
        "home", "help", "verify", "seal_certificate", "people", "person", "organisations", "organisation", "notices",
        "secondments", "my_placement", "secondment", "placement", "checkin", "decide", "move", "evaluate",
        "conclude", "end_early", "outcome", "waive", "new_secondment", "edit_proposal", "check_proposal", "terms",
        "agreement_panel", "agreement_progress", "terms_version", "compare_versions", "edit_clause", "ask_for_change",
        "decline_change", "counter_change", "redraft_agreement", "papers", "terms_preview", "open_questions",
        "paper_clauses", "clause_library", "library_clause", "agreement_pdf", "case_people", "deputies", "deputy",
        "team", "departments", "signatories", "calendar", "members", "policy", "leaves", "leave", "absence", "touches",
        "checklist_item",
    }
)  # fmt: skip

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_HOURS = env.number("SESSION_HOURS", default=12)  # from signing in to the end, whatever is done
SESSION_IDLE_MINUTES = env.number("SESSION_IDLE_MINUTES", default=30)  # from the last request to the end
SESSION_COOKIE_AGE = int(timedelta(hours=SESSION_HOURS).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap draws arrows and ticks as data: images
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "frame-src": [SELF],
        "object-src": [NONE],
        "manifest-src": [SELF],
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = ["config.formats"]

WHITENOISE_ALLOW_ALL_ORIGINS = False
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "staticfiles"
STATICFILES_DIRS = [ROOT / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR / "files"}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024

# Mail leaves through the outbox (people.delivery) only; a server that does not answer is given up quickly.
vars().update(env.mail("smtp://localhost:25"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", "Tripartite <secondments@tripartite.example>")
SITE_URL = env.text("SITE_URL", "http://localhost:8000").rstrip("/")

# The seal: a PKCS#12 file or a PKCS#11 token in production; in development a key is generated once in var/.
SEALING_KEY_FILE = env.text("SEALING_KEY_FILE", str(VAR / "sealing" / "development.p12"))
SEALING_KEY_PASSPHRASE = env.text("SEALING_KEY_PASSPHRASE", "development")
SEALING_CERTIFICATE_FILE = env.text("SEALING_CERTIFICATE_FILE", "-").strip("-")
SEALING_DEVELOPMENT_KEY = False
SEALING_PKCS11_MODULE = env.text("SEALING_PKCS11_MODULE", "")
SEALING_PKCS11_TOKEN = env.text("SEALING_PKCS11_TOKEN", "")
SEALING_PKCS11_KEY = env.text("SEALING_PKCS11_KEY", "")
SEALING_PKCS11_PIN = env.text("SEALING_PKCS11_PIN", "")
# With an authority each seal is timestamped, or not made; without one it proves its day to who trusts us alone.
SEALING_TIMESTAMP_URL = env.text("SEALING_TIMESTAMP_URL", "")
SEALING_TIMESTAMP_CERTIFICATES_FILE = env.text("SEALING_TIMESTAMP_CERTIFICATES_FILE", "")

# The demo's clock may be moved by `manage.py demo_day`; real deployments read the machine's clock alone.
DEMO = False
DEMO_MAIL = ""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # e-mail is unique by a constraint on its lower case
