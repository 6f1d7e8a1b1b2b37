"""The rule for a store whose backups a CronJob takes and a ConfigMap records."""

from datetime import datetime, timedelta
from typing import Any

from hopsdrill.core.clock import parse_utc, utc_text
from hopsdrill.core.cron import next_after
from hopsdrill.model.profile import Profile
from hopsdrill.recovery.seen import GOOD, Entry
from hopsdrill.recovery.status.facts import Facts
from hopsdrill.recovery.status.model import Finding, Level, Service, service


GRACE = timedelta(hours=1)  # from a firing to its backup's end, before it counts as missed
APART = timedelta(minutes=10)  # a Job ends this soon after it has recorded its backup
LISTING = "kubectl get cronjob -n {namespace}"


def recorded(store: str, facts: Facts, profile: Profile) -> Service:
    """Whether the CronJob is there, runs, and leaves backups that are recorded."""
    name, seen = f"{profile.namespace}/{profile.recorded[store].cronjob}", facts.cronjobs[store]
    if seen.unread:
        return service(
            {},
            [
                Finding(
                    Level.UNKNOWN,
                    f"CronJob {name} could not be read: {seen.unread}",
                    "mend the access, then look again",
                )
            ],
        )
    if seen.value is None:
        return service({}, [_absent(store, name, profile)])
    cronjob = seen.value
    told = {"cronjob": name, "schedule": str(cronjob["spec"]["schedule"])}
    found = [*_running(name, cronjob), *_recording(store, facts, cronjob, told, profile)]
    return service(told, found)


def _absent(store: str, name: str, profile: Profile) -> Finding:
    listing = LISTING.format(namespace=profile.namespace)
    if f"{store}.cronjob" in profile.unconfirmed:
        text = (
            f"There is no CronJob {name}, but that name is not confirmed for this platform, so this may mean nothing."
        )
        return Finding(
            Level.UNKNOWN, text, f"find its name ({listing}) and write it into the profile, at {store}.cronjob"
        )
    text = f"There is no CronJob {name}: nothing takes backups of {store}."
    return Finding(
        Level.DISABLED, text, f"enable backups in the platform's values and upgrade; {listing} shows what there is"
    )


def _running(name: str, cronjob: dict[str, Any]) -> list[Finding]:
    if not cronjob["spec"].get("suspend"):
        return []
    space, _, own = name.partition("/")
    cure = f"""kubectl patch cronjob {own} -n {space} --type=merge --patch '{{"spec":{{"suspend":false}}}}'"""
    return [Finding(Level.PARTIAL, f"CronJob {name} is suspended: no backup is taken until it is resumed.", cure)]


def _recording(
    store: str, facts: Facts, cronjob: dict[str, Any], told: dict[str, str], profile: Profile
) -> list[Finding]:
    seen, finished = facts.entries[store], _time(cronjob.get("status", {}).get("lastSuccessfulTime"))
    told["last success of the CronJob"] = utc_text(finished) if finished else "none"
    if seen.unread:
        return [
            Finding(
                Level.UNKNOWN,
                f"The metadata entries of {store} could not be read: {seen.unread}",
                "mend the access, then look again",
            )
        ]
    newest = max(
        (each for each in seen.value if each.start is not None), key=lambda each: each.start or facts.at, default=None
    )
    told["newest entry"] = f"{newest.id}, started {utc_text(newest.start)}" if newest and newest.start else "none"
    listing = f"kubectl get configmap -n {profile.namespace} -l {profile.recorded[store].metadata_selector}"
    found = [
        Finding(Level.PARTIAL, f"Backup {each.id} of {store}: {each.problem}.", f"{listing} -o yaml")
        for each in seen.value
        if each.problem
    ]
    if newest and newest.state != GOOD:
        text = f"The newest backup of {store}, {newest.id}, is recorded as {newest.state}."
        found.append(Finding(Level.PARTIAL, text, "read the logs of its Job, mend the cause, take a backup"))
    return [
        *found,
        *_unrecorded(store, finished, newest, listing),
        *_overdue(store, facts, cronjob, [finished, newest.start if newest else None]),
    ]


def _unrecorded(store: str, finished: datetime | None, newest: Entry | None, listing: str) -> list[Finding]:
    known = newest and (newest.end or newest.start)
    if finished is None or (known and finished - known <= APART):
        return []
    text = f"A backup Job of {store} succeeded at {utc_text(finished)}, but the newest entry is {'older: ' + utc_text(known) if known else 'not there'}: that run recorded nothing."
    return [Finding(Level.PARTIAL, text, f"read the Job's logs; {listing} shows the entries")]


def _overdue(store: str, facts: Facts, cronjob: dict[str, Any], successes: list[datetime | None]) -> list[Finding]:
    schedule = str(cronjob["spec"]["schedule"])
    since = max(filter(None, [_time(cronjob["metadata"].get("creationTimestamp")), *successes]), default=None)
    finding = overdue(f"a backup of {store}", schedule, since, facts.at)
    return [finding] if finding and not cronjob["spec"].get("suspend") else []


def overdue(what: str, schedule: str, since: datetime | None, now: datetime) -> Finding | None:
    """A finding when the schedule has fired after ``since``, and ``GRACE`` later nothing has come of it."""
    firing = next_after(schedule, since) if since else None
    if since is None or firing is None or firing + GRACE >= now:
        return None
    text = f"By its schedule {schedule}, {what} was due at {utc_text(firing)}; nothing has succeeded since {utc_text(since)}."
    return Finding(
        Level.PARTIAL, text, "look at the events and logs of its last run, mend the cause, take a backup by hand"
    )


def _time(text: str | None) -> datetime | None:
    return parse_utc(text) if text else None
