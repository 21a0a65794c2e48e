"""Django's settings. What an operator may change comes from the environment; ``upwell settings`` lists it."""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONE, SELF

from upwell.platform.configuration import configuration
from upwell.platform.database import django_databases
from upwell.platform.home import Home

CONFIG = configuration()
HOME = Home.at(CONFIG.home)
PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = HOME.secret_or_ephemeral("django")
DEBUG = False
DEMO = CONFIG.demo or HOME.is_demo
ALLOWED_HOSTS = CONFIG.allowed_hosts
CSRF_TRUSTED_ORIGINS = CONFIG.trusted_origins
ROOT_URLCONF = "upwell.platform.urls"
AUTH_USER_MODEL = "people.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "upwell.web",  # before allauth, so that its pages wear our templates
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "upwell.base",
    "upwell.audit",
    "upwell.people",
    "upwell.access",
    "upwell.record",
    "upwell.exchange",
    "upwell.office",
    "upwell.pathway.course",
    "upwell.pathway.referral",
    "upwell.pathway.screening",
    "upwell.pathway.consent",
    "upwell.pathway.preparation",
    "upwell.pathway.workup",
    "upwell.pathway.calendar",
    "upwell.pathway.session",
    "upwell.pathway.session.tablet",
    "upwell.pathway.session.staffing",
    "upwell.pathway.pharmacy",
    "upwell.pathway.incidents",
    "upwell.pathway.papers",
    "upwell.pathway.remote",
    "upwell.pathway.aftercare",
    "upwell.pathway.exposure",
    "upwell.pathway.response",
    "upwell.pathway.integration",
    "upwell.pathway.maintenance",
    "upwell.pathway.today",
    "upwell.pathway.safety",
    "upwell.pathway.registry",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads at random, so that a length tells nothing of a page
    "upwell.web.policy.ContentPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "upwell.access.signed_in.SignedInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "upwell.access.middleware.DoorMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": ["upwell.web.ready.Loader"],
            "builtins": ["upwell.web.templatetags.ready_dates"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "upwell.web.context.chrome",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = django_databases(HOME)
DATABASE_ROUTERS = ["upwell.platform.router.OneDatabase"]
DISABLE_SERVER_SIDE_CURSORS = True

# Counts of failed log-ins, shared by all processes and kept over a restart. Room for many: whoever tries from a
# thousand addresses must not push the counts of others out.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "upwell_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# Sessions end with the browser, after twelve hours, or after a while without a click.
SESSION_ENGINE = "upwell.access.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "upwell.office.doors.views.csrf_failure"
UPWELL_IDLE_MINUTES = CONFIG.idle_minutes
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIG.https
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if CONFIG.https else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_ADAPTER = "upwell.office.doors.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "change_password": "upwell.office.doors.library_forms.ChangePassword",
    "reset_password_from_key": "upwell.office.doors.library_forms.NewPassword",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by invitation, which proves the address
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # the library's mail to strangers invites them to sign up
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "upwell.office.doors.adapter.MfaAdapter"
MFA_SUPPORTED_TYPES = ["recovery_codes", "totp", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Upwell"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not CONFIG.https

EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if CONFIG.smtp_host
    else "django.core.mail.backends.dummy.EmailBackend"
)
EMAIL_HOST, EMAIL_PORT = CONFIG.smtp_host, CONFIG.smtp_port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = CONFIG.smtp_user, CONFIG.smtp_password
EMAIL_USE_TLS = CONFIG.smtp_tls
DEFAULT_FROM_EMAIL = CONFIG.mail_from

STATIC_URL = "/static/"
STATIC_ROOT = HOME.static
STATICFILES_DIRS: list[Path] = []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "upwell.platform.static.Hashed"},
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]  # a language is offered once its catalogue is whole
if len(LANGUAGES) > 1:  # as long as there is but one, no request is asked which it wants
    MIDDLEWARE.insert(
        MIDDLEWARE.index("django.middleware.common.CommonMiddleware"),
        "django.middleware.locale.LocaleMiddleware",
    )
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
LOGGING_CONFIG = None
PGHISTORY_APPEND_ONLY = True
