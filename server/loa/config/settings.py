# SPDX-License-Identifier: AGPL-3.0-or-later
"""Django's settings, all derived from ``loa.config.environment``."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from loa.config import environment
from loa.config.home import Home

ENVIRONMENT = environment.read()
HOME = Home(ENVIRONMENT.home)

DEBUG = ENVIRONMENT.debug
DEMO = ENVIRONMENT.demo
RELEASES_NEED_CEREMONY = not DEMO  # before it, a real installation releases tests alone
SECOND_FACTOR = ENVIRONMENT.second_factor
SECRET_KEY = ENVIRONMENT.secret_key or HOME.secret("django-secret-key")
_base = urlsplit(ENVIRONMENT.base_url)
ALLOWED_HOSTS = sorted({_base.hostname or "localhost", "localhost", "127.0.0.1", "[::1]"})
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.base_url]
BASE_URL = ENVIRONMENT.base_url

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "treebeard",
    # Bottom to top: an app imports only apps above it in this list.
    "loa.jobs",
    "loa.audit",
    "loa.ui",
    "loa.channels",
    "loa.areas",
    "loa.people",
    "loa.notices",
    "loa.campaigns",
    "loa.messages",
    "loa.voice",
    "loa.releases",
    "loa.airtime",
    "loa.deliveries",
    "loa.devices",
    "loa.broadcast",
    "loa.reach",
    "loa.reports",
    "loa.console",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "loa.config.middleware.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "loa.people.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "loa.config.middleware.LoaErrorMiddleware",
]

ROOT_URLCONF = "loa.config.urls"
WSGI_APPLICATION = "loa.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "loa.ui.context.frame",
            ],
        },
    },
]


def _database() -> dict[str, Any]:
    """Return Django's database entry for LOA_DATABASE_URL."""
    url = urlsplit(ENVIRONMENT.database_url)
    if url.scheme == "postgresql":
        options = dict(parse_qsl(url.query))
        host = unquote(url.hostname or "") or options.pop("host", "")
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": url.path.lstrip("/") or "loa",
            "USER": unquote(url.username or ""),
            "PASSWORD": unquote(url.password or ""),
            "HOST": host,
            "PORT": str(url.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": options,
        }
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": url.path if url.scheme == "sqlite" else str(HOME.database),
        # IMMEDIATE: with the default 84 % of read-then-write actions failed as locked at saturation.
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["loa.people.backends.PersonBackend"]
LOGIN_URL = "people:sign_in"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
_secure = _base.scheme == "https"
SESSION_ENGINE = "loa.people.sessions"
SESSION_COOKIE_NAME = f"loa_session_{ENVIRONMENT.port}"
CSRF_COOKIE_NAME = f"loa_csrf_{ENVIRONMENT.port}"
SESSION_COOKIE_AGE = 12 * 3600  # seconds
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SECURE_HSTS_SECONDS = 31536000 if _secure else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _secure else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).resolve().parent.parent / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = ENVIRONMENT.time_zone

MEDIA_ROOT = HOME.uploads
STATIC_URL = "static/"
STATIC_ROOT = HOME.root / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": MEDIA_ROOT},
    },
    "staticfiles": {"BACKEND": "loa.ui.storage.BundledStaticFiles"},
}

UPLOAD_LIMIT_BYTES = 64 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["loa.config.uploads.BoundedUploadHandler"]

_mail = environment.mail(ENVIRONMENT.email_url)
EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port  # no host: this installation sends no e-mail
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
EMAIL_USE_SSL, EMAIL_USE_TLS = _mail.is_tls, _mail.is_starttls
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = ENVIRONMENT.email_from
PUSH_ORIGINS = ENVIRONMENT.push_origins

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "sound"]}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {"tuf": {"level": "WARNING"}},  # each key that did not sign is a line, and no trouble
}
