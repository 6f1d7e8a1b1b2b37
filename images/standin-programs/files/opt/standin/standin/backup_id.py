"""The ID of a backup: made once per run, kept in a file the run's containers share."""

from datetime import datetime
from pathlib import Path

from standin.say import StandinError, env, say


def make(moment: datetime) -> str:
    """Two digits each of year, ISO week, hour and minute, with the ISO weekday between: ``254811200``.

    Upstream's own form, faults included: the calendar year stands beside the ISO week, so that IDs do not sort by time
    around New Year and come back within a year.
    """
    return moment.strftime("%y%V%u%H%M")


def own_file() -> Path:
    """The file; its modification time is the start of the backup."""
    return Path(env("BACKUP_ID_FILE", "/home/hopsworks/backup-id/id"))


def begin() -> str:
    """Make the ID of this run, by the container's own clock and zone."""
    found = make(datetime.now().astimezone())
    own_file().write_text(f"{found}\n", encoding="utf-8")
    say(f"backup ID {found}")
    return found


def current() -> str:
    """The ID of this run.

    Raises:
        StandinError: no earlier container made one.
    """
    try:
        found = own_file().read_text(encoding="utf-8").strip()
    except OSError as error:
        message = f"no backup ID in {own_file()}: {error}"
        raise StandinError(message) from error
    say(f"backup ID {found}")
    return found
