"""The INI file that AWS's tools, Velero and hopsdrill read credentials from."""

import configparser
import os
from pathlib import Path

from hopsdrill.core.errors import PreconditionError
from hopsdrill.core.redact import REDACTOR


def read_credentials(path: Path) -> tuple[str, str]:
    """Read access key and secret key from section ``default``; both are registered as secrets.

    Raises:
        PreconditionError: the file is missing or has no such keys.
    """
    parser = configparser.ConfigParser()
    try:
        with path.open() as file:
            parser.read_file(file)
        section = parser["default"]
        access, secret = section["aws_access_key_id"], section["aws_secret_access_key"]
    except (OSError, configparser.Error, KeyError) as error:
        msg = f"Tried to read S3 credentials from {path}: {type(error).__name__}."
        raise PreconditionError(
            msg, hint="section [default] with aws_access_key_id and aws_secret_access_key"
        ) from error
    REDACTOR.register(access)
    REDACTOR.register(secret)
    return access, secret


def write_credentials(path: Path, access: str, secret: str) -> None:
    """Write such a file, readable by its owner only from the first byte on."""
    REDACTOR.register(access)
    REDACTOR.register(secret)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"[default]\naws_access_key_id={access}\naws_secret_access_key={secret}\n")
