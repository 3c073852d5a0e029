"""The one settings module. Values come from the environment, read and checked in `environment.py`."""

from datetime import timedelta
from pathlib import Path

import pghistory
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from practice.config import environment

BASE_DIR = Path(__file__).resolve().parent.parent.parent
ENVIRONMENT = environment.read()
MODE = ENVIRONMENT.mode
IN_PRACTICE = MODE == "practice"

SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = False
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts
BASE_URL = ENVIRONMENT.base_url
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "template_partials",
    "pgtrigger",
    "pghistory",
    "rules",
    "practice",
    "clients",
    "routes",
    "sessions",
]

MIDDLEWARE = [
    "practice.web.RequestLog",
    "practice.web.SoundCookies",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "practice.web.Actor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "practice.web.InOtherHands",
    "practice.web.SecondFactor",
    "practice.web.OnlyByButton",
]

ROOT_URLCONF = "practice.config.urls"
WSGI_APPLICATION = "practice.config.wsgi.application"
CELERY_APPLICATION = "practice.config.celery.app"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "practice.web.surroundings",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

DATABASES = {"default": ENVIRONMENT.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": ENVIRONMENT.cache_url}}

PGHISTORY_APPEND_ONLY = True
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_CONTEXT_ID_FIELD = pghistory.ContextUUIDField(null=True)

AUTH_USER_MODEL = "practice.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if MODE == "test"
    else ["django.contrib.auth.hashers.Argon2PasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

# Staff come by invitation: nobody signs themselves up.
ACCOUNT_ADAPTER = "practice.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 0
MFA_ADAPTER = "practice.accounts.MFAAdapter"
ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.proxies
# Beside allauth's own limits: "verify" is the public page that checks a paper.
ACCOUNT_RATE_LIMITS = False if MODE == "test" else {"verify": "20/5m/ip"}

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = IN_PRACTICE
SESSION_COOKIE_NAME = "__Host-session" if IN_PRACTICE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if IN_PRACTICE else "csrf"
CSRF_FAILURE_VIEW = "practice.views.errors.stood_open"
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if IN_PRACTICE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IN_PRACTICE
# Containers and load balancers ask for their health on plain HTTP, inside the host.
SECURE_REDIRECT_EXEMPT = [r"^(livez|readyz|healthz)$"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if ENVIRONMENT.proxies:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_MAX_MEMORY_SIZE = DATA_UPLOAD_MAX_MEMORY_SIZE  # a scan or list that is kept never lay on a disk unsealed

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = ENVIRONMENT.home / "static" if IN_PRACTICE else None
WHITENOISE_USE_FINDERS = not IN_PRACTICE
WHITENOISE_AUTOREFRESH = MODE == "test"  # else every test client would read every static file first
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if IN_PRACTICE
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = ENVIRONMENT.email.host
EMAIL_PORT = ENVIRONMENT.email.port
EMAIL_HOST_USER = ENVIRONMENT.email.user
EMAIL_HOST_PASSWORD = ENVIRONMENT.email.password
EMAIL_USE_TLS = ENVIRONMENT.email.tls == "starttls"
EMAIL_USE_SSL = ENVIRONMENT.email.tls == "ssl"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENVIRONMENT.mail_from
REPLY_ADDRESS = ENVIRONMENT.receiving.reply_address
IMAP = ENVIRONMENT.receiving.imap

TILES = ENVIRONMENT.tiles
WEATHER = ENVIRONMENT.weather
SMS = ENVIRONMENT.sms

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "practice.domain.log.Lines"}},
    "handlers": {
        "lines": {"class": "logging.StreamHandler", "formatter": "json"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["lines"], "level": "WARNING" if MODE == "test" else "INFO"},
    "loggers": {
        # Django's own request log would name paths, and paths hold the tokens of mailed links; what broke is told by
        # `practice.web.tell_what_broke`. Without a handler they would fall through to stderr.
        "django.request": {"handlers": ["nowhere"], "propagate": False},
        "django.security": {"handlers": ["nowhere"], "propagate": False},
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
        "twilio": {"handlers": ["nowhere"], "propagate": False},
        # These would quote the file that they were given.
        "pyhanko": {"handlers": ["nowhere"], "propagate": False},
        "pyhanko_certvalidator": {"handlers": ["nowhere"], "propagate": False},
    },
}
