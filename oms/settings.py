"""All settings, read from the environment. Without DATABASE_URL the embedded services under ./var are used (demo mode)."""

import os
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from oms.ops.services import broker_url, database_config, is_embedded, redis_url, secret_key, var_dir

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in env(name, default).split(",") if part.strip()]


# Mode -------------------------------------------------------------------------------------------------------------
# Demo mode: embedded services on this machine only, plain http. Everything else is production and asks for its secrets.
DEMO = is_embedded() and env("OMS_MODE", "demo") == "demo"
DEBUG = env("OMS_DEBUG") == "1"
if DEBUG and not DEMO:
    raise ImproperlyConfigured("OMS_DEBUG=1 is for the embedded demo only; unset it or unset DATABASE_URL.")
SECRET_KEY = secret_key()
SECRET_KEY_FALLBACKS = env_list("OMS_SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env_list("OMS_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]" if DEMO else "")
CSRF_TRUSTED_ORIGINS = env_list("OMS_TRUSTED_ORIGINS")

# Apps -------------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "oms.access",
    "oms.events",
    "oms.intake",
    "oms.webhooks",
    "oms.ui",
    "oms.ops",
    "inventory",
    "orders",
    "payments",
    "fulfilment",
    "returns",
    "notifications",
    "reports",
    "demo",
    "oms.access.setup.SetUpConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_fsm",
    "simple_history",
    "django_filters",
    "django_htmx",
    "template_partials",
    "csp",
    "ninja",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "oms.ops.middleware.RequestId",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "oms.ops.middleware.ContentPolicy",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "oms.access.middleware.RefusedAsPage",
]

ROOT_URLCONF = "oms.urls"
WSGI_APPLICATION = "oms.wsgi.application"
FORM_RENDERER = "oms.ui.renderer.WidgetsInPython"
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
                "oms.ui.context.shell",
            ],
            "builtins": ["oms.ui.templatetags.oms_ui", "template_partials.templatetags.partials"],
        },
    }
]

# Data -------------------------------------------------------------------------------------------------------------
DATABASES: dict[str, Any] = {"default": database_config()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": redis_url(),
        "KEY_PREFIX": "oms",
    }
}
SIMPLE_HISTORY_HISTORY_ID_USE_UUID = False
SIMPLE_HISTORY_REVERT_DISABLED = True

# Background work --------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = broker_url()
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_SOFT_TIME_LIMIT = 840
# Without the retry limits, kombu lets a click wait six seconds for a Redis that is down.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600, "socket_timeout": 5, "socket_connect_timeout": 2,
    "max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1,
}  # fmt: skip
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1}

# People -----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "access.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AUTHENTICATION_BACKENDS = ["oms.access.backend.People"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
SESSION_ENGINE = "oms.access.sessions"
SESSION_COOKIE_AGE = 12 * 3600

# Place and language -----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = env("OMS_TIME_ZONE", "Asia/Kolkata")
CELERY_TIMEZONE = TIME_ZONE  # three at night is three at night where the business is
USE_I18N = False
USE_TZ = True

# Files ------------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
VAR_DIR = var_dir()
STATIC_ROOT = Path(env("OMS_STATIC_ROOT", str(VAR_DIR / "static")))
MEDIA_ROOT = Path(env("OMS_MEDIA_ROOT", str(VAR_DIR / "media")))
FILE_UPLOAD_PERMISSIONS = 0o640  # they are private: every fetch passes a view that asks who may
ATTACHMENT_MB = int(env("OMS_ATTACHMENT_MB", "10"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Public, and collected by another user (root, while an image is built) than the one who serves them.
    "staticfiles": {"BACKEND": "oms.ui.storage.HashedStatic", "OPTIONS": {"file_permissions_mode": 0o644}},
}
WHITENOISE_USE_FINDERS = DEBUG
# Lazy in tests: every test client would read the whole static folder again.
WHITENOISE_AUTOREFRESH = DEBUG or env("OMS_STATIC_LAZY") == "1"
if env("OMS_STATIC_LAZY") == "1":  # nobody waits for a slow line there
    WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (
        "css",
        "js",
        "json",
        "svg",
        "txt",
        "map",
        "html",
        "xml",
        "woff2",
        "png",
        "gz",
    )
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# Mail -------------------------------------------------------------------------------------------------------------
# Demo mode keeps every message in the local mailbox page; production names a server.
EMAIL_BACKEND = env(
    "OMS_EMAIL_BACKEND",
    "notifications.mailbox.MailboxBackend" if DEMO else "django.core.mail.backends.smtp.EmailBackend",
)
EMAIL_HOST = env("OMS_EMAIL_HOST", "localhost")
EMAIL_PORT = int(env("OMS_EMAIL_PORT", "25"))
EMAIL_HOST_USER = env("OMS_EMAIL_USER")
EMAIL_HOST_PASSWORD = env("OMS_EMAIL_PASSWORD")
EMAIL_USE_TLS = env("OMS_EMAIL_TLS") == "1"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("OMS_EMAIL_FROM", "orders@shop.example")

# Answers of customers find their order by a token in the address they write to: reply+TOKEN@domain. Empty: none is given.
REPLY_ADDRESS = env("OMS_REPLY_ADDRESS")

# Work -------------------------------------------------------------------------------------------------------------
# How long "take next" keeps an order for one person.
UNDO_MINUTES = int(env("OMS_UNDO_MINUTES", "10"))  # how long the last step of an order can be taken back
ANSWER_MINUTES = int(env("OMS_ANSWER_MINUTES", "240"))  # a customer who wrote is answered within
CLAIM_MINUTES = int(env("OMS_CLAIM_MINUTES", "20"))
# How long finished deliveries, webhooks and inbox messages are kept. What comes twice is known for as long.
KEEP_DAYS = int(env("OMS_KEEP_DAYS", "90"))
if KEEP_DAYS < 7:
    raise ImproperlyConfigured("OMS_KEEP_DAYS must be 7 or more: others try again for days, and must be recognised.")

# The hour of the business day from which the nightly audit (`manage.py doctor`, recorded) may run.
AUDIT_HOUR = int(env("OMS_AUDIT_HOUR", "4"))
if not 0 <= AUDIT_HOUR <= 23:
    raise ImproperlyConfigured("OMS_AUDIT_HOUR is an hour of the day: 0 to 23.")

# Safety -----------------------------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if not DEMO:
    SECURE_SSL_REDIRECT = env("OMS_SSL_REDIRECT", "1") == "1"
    SECURE_HSTS_SECONDS = 63072000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    if env("OMS_BEHIND_PROXY") == "1":
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# Logs -------------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "oms.ops.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env("OMS_LOG_LEVEL", "WARNING")},
}

# API --------------------------------------------------------------------------------------------------------------
NINJA_PAGINATION_PER_PAGE = 50
