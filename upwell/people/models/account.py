"""The log-in of a person; what they may do comes from their memberships, or from being a patient."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from upwell.base.clock import now
from upwell.base.fields import Identified


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; there is no super-user in Upwell."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Account:
        """A new log-in. Without a password it can only be entered by invitation or passkey."""
        account = self.model(email=self.normalize_email(email).lower(), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(Identified, AbstractBaseUser):
    """A person's log-in."""

    email = models.EmailField(unique=True)
    name = models.TextField()
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now)
    language = models.TextField(default="en", blank=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="account_email_any_case")]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name
