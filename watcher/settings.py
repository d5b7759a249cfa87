"""
Deployment settings: environment (`WATCHER_…`), `.env` and `watcher.toml`, in this order of precedence.

What to watch and whom to tell are not settings but files of their own (sources and rules). A misspelt name is an
error with the nearest right one, never silence.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from watcher.errors import ConfigError, Problem
from watcher.model import TeamId

PREFIX = "WATCHER_"
SECRET_PREFIX = "WATCHER_SECRET__"  # noqa: S105 - the name of a variable, not its value
# No settings: what Kubernetes adds for a service called `watcher`, what our tests read, and `webhook verify`.
FOREIGN = re.compile(r"WATCHER_(PORT(_.*)?|SERVICE_(HOST|PORT(_.*)?)|TEST_DATA|WEBHOOK_SECRET)$")
FILE = "watcher.toml"


class Settings(BaseModel):
    """Every setting of a deployment; paths are relative to the folder watcher is started in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    database: str = Field("sqlite:///watcher.db", description="Where watcher remembers: sqlite:///FILE")
    rules: Path = Field(Path("rules"), description="Folder of team folders with rule files")
    sources: Path = Field(Path("sources.yaml"), description="File of sources, or a folder of such files")
    secrets: Path = Field(
        Path("secrets"), description="Folder with secrets/TEAM/NAME files; the environment comes first"
    )
    smtp_host: str = Field("", description="Mail server; empty: no mail is sent")
    smtp_port: int = Field(587, ge=1, le=65535, description="587 for STARTTLS, 465 for TLS, 25 for neither")
    smtp_security: str = Field("starttls", pattern="^(starttls|tls|none)$", description="starttls, tls or none")
    smtp_user: str = Field("", description="Login; empty: the server asks for none")
    smtp_password: SecretStr = Field(SecretStr(""), description="Password of smtp_user")
    smtp_password_file: Path | None = Field(None, description="File that holds the password instead")
    smtp_sender: str = Field("watcher@localhost", description="Address in From")
    smtp_ca_file: Path | None = Field(None, description="Certificate of a private authority that signs the mail server")
    smtp_auth: str = Field(
        "password",
        pattern="^(password|xoauth2)$",
        description="password, or xoauth2: smtp_password_file then holds an access token that something else renews",
    )
    public_url: str = Field(
        "",
        pattern="^(https?://[^ ]+)?$",
        description="Where people reach `listen`; with link_secret mail gets List-Unsubscribe with one click",
    )
    link_secret: SecretStr = Field(SecretStr(""), description="Long random text that signs links in messages")
    alive_url: str = Field(
        "",
        pattern="^(https?://[^ ]+)?$",
        description="Dead-man's switch: asked every minute while all loops are healthy and the last drill came through",
    )
    drill: str = Field(
        "",
        pattern="^((hourly|daily ([01][0-9]|2[0-3]):[0-5][0-9]) [^ ]+)?$",
        description="A drill with a team, such as daily 07:00 my-desk (UTC)",
    )
    templates: Path | None = Field(
        None,
        description="Folder with Jinja templates of your own instead of alert.html, alert_body.html or digest.html",
    )
    feeds: Path | None = Field(
        None, description="Folder for Atom, JSON and calendar files, for any web server to serve"
    )
    private_webhooks: bool = Field(False, description="Allow webhooks to addresses of private networks")
    contact: str = Field("", description="Address or URL in the User-Agent, so that a site's owner can reach you")
    workers: int = Field(32, ge=1, le=300, description="Sources fetched at the same time")
    host_gap: float = Field(1.0, ge=0, le=60, description="Seconds between the beginnings of two requests to one host")
    host_requests: int = Field(1, ge=1, le=10, description="Requests under way at one host at the same time")
    owner: str = Field("", description="Team that is told of failing and silent sources which name no owner")
    tell_after_hours: float = Field(6, gt=0, le=720, description="Without success for so long a source's owner is told")
    catch_up_age: str = Field("6h", description="First contact alerts about nothing older than this")
    listen: str = Field(
        "127.0.0.1:9473",
        pattern=r"^(|\[?[0-9A-Za-z.:-]+\]?:[0-9]{1,5})$",
        description="HOST:PORT for /healthz, /readyz and /metrics; empty: none",
    )
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="debug, info, warning or error")
    log_format: str = Field(
        "auto", pattern="^(auto|json|plain)$", description="json, plain, or auto: plain on a terminal"
    )

    @field_validator("log_level", "log_format", "smtp_security", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    def password(self) -> str:
        """The mail password, read from its file each time so that it can be replaced while running. Raises OSError."""
        if self.smtp_password_file:
            return self.smtp_password_file.read_text(encoding="utf-8").strip()
        return self.smtp_password.get_secret_value()


def load_settings(folder: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """
    The settings for a deployment in `folder`.

    Args:
        environment: Instead of the process's own.

    Raises:
        ConfigError: Unknown names and values out of range, all at once, each with where it was written.
    """
    environment = os.environ if environment is None else environment
    dotenv = {name: value or "" for name, value in dotenv_values(folder / ".env").items()}
    file, problems = read_file(folder / FILE)
    origins: dict[str, str] = dict.fromkeys(file, FILE)
    values: dict[str, object] = dict(file)
    for names, origin in ((dotenv, ".env"), (environment, "environment")):
        for name, value in names.items():
            if name.startswith(PREFIX) and not name.startswith(SECRET_PREFIX) and not FOREIGN.match(name):
                key = name.removeprefix(PREFIX).lower()
                values[key], origins[key] = value, f"{origin}: {name}"
    problems += [unknown(key, origins[key]) for key in values if key not in Settings.model_fields]
    known = {key: value for key, value in values.items() if key in Settings.model_fields}
    try:
        settings = Settings.model_validate(known)
    except ValidationError as error:
        # `include_input=False`: a rejected password must not reach the message.
        for fault in error.errors(include_input=False, include_url=False):
            key = str(fault["loc"][0])
            problems.append(Problem(origins.get(key, FILE), 0, 0, f"{key}: {fault['msg']}", "bad-setting"))
        raise ConfigError(problems) from None
    if problems:
        raise ConfigError(problems)
    return settings


def read_file(path: Path) -> tuple[dict[str, object], list[Problem]]:
    """The values of a settings file, empty when there is none, and what is wrong with it."""
    try:
        return dict(tomllib.loads(path.read_text(encoding="utf-8"))), []
    except FileNotFoundError:
        return {}, []
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return {}, [Problem(path.name, 0, 0, f"not valid TOML: {error}", "bad-toml")]


def unknown(key: str, origin: str) -> Problem:
    """The fault of a name that is no setting, with the nearest one that is."""
    near = difflib.get_close_matches(key, Settings.model_fields, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    return Problem(origin, 0, 0, f"no setting is called {key}{hint}", "unknown-setting")


def team_secrets(
    team: TeamId, name: str, folder: Path, environment: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """
    The values of a team's secret, newest first; several lines are several values while one is being replaced.

    Only this team's own are looked at: `WATCHER_SECRET__TEAM__NAME`, then `secrets/TEAM/NAME`. Empty when neither
    exists.
    """
    environment = os.environ if environment is None else environment
    variable = f"{SECRET_PREFIX}{team}__{name}".upper().replace("-", "_")
    value = environment.get(variable)
    if value is None:
        try:
            value = (folder / team / name).read_text(encoding="utf-8")
        except OSError:
            return ()
    return tuple(line.strip() for line in value.splitlines() if line.strip())
