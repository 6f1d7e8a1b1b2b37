"""What changes after the backup: rows, users and Secrets, each changed, added and deleted, each seen to have taken effect."""

from hopsdrill.adapters.sql import Sql, name
from hopsdrill.site import Site
from hopsdrill.workload import objects, people
from hopsdrill.workload.dataset import DATABASE, PARENT, FeatureGroup


SHARE = 10  # every tenth row is changed, another tenth deleted
ADDED = 10**12  # IDs from here on are rows made after the backup


def change_rows(sql: Sql, groups: list[FeatureGroup]) -> dict[str, int]:
    """Change, delete and add rows in every table but the parent's keys; gives how many of each."""
    counts = {"changed": 0, "deleted": 0, "added": 0}
    for group in groups:
        counts["changed"] += sql.execute(
            f"UPDATE {group.quoted} SET amount = amount + 1, label = 'after the backup' WHERE MOD(id, %s) = 1",  # noqa: S608
            [SHARE],
        )
        if not group.parent or len(groups) == 1:  # rows that others refer to cannot be deleted
            counts["deleted"] += sql.execute(f"DELETE FROM {group.quoted} WHERE MOD(id, %s) = 2", [SHARE])  # noqa: S608
        counts["added"] += sql.execute(
            f"INSERT INTO {group.quoted} SELECT id + %s, customer_id, event_time, amount, score, label, embedding "  # noqa: S608
            f"FROM {group.quoted} WHERE MOD(id, %s) = 3",
            [ADDED, SHARE],
        )
    return counts


def change_users(sql: Sql) -> dict[str, str]:
    """Drop a user, change a password, widen a grant, add a user."""
    reader, writer, auditor = sorted(people.GRANTS, key=["fraud__reader", "fraud__writer", "fraud__auditor"].index)
    people.drop(sql, reader)
    sql.execute(f"ALTER USER {people.account(writer)} IDENTIFIED BY '{people.password()}'")
    sql.execute(f"GRANT INSERT ON {name(DATABASE, PARENT)} TO {people.account(auditor)}")
    people.create(sql, people.LATER, [f"SELECT ON {name(DATABASE)}.*"])
    return {"dropped": reader, "password changed": writer, "grant widened": auditor, "added": people.LATER}


def change_objects(site: Site) -> dict[str, str]:
    """Change a Secret and a ConfigMap, delete a Secret, add a Secret."""
    first, second = objects.PROJECTS
    site.kube.patch("v1/Secret", objects.KEYS, first, {"data": {"token": objects.value()}})
    site.kube.patch("v1/ConfigMap", objects.SETTINGS, first, {"data": {"threshold": "0.10", "added": "later"}})
    site.kube.patch("v1/Secret", objects.PLATFORM_SECRET, site.namespace, {"data": {"password": objects.value()}})
    site.kube.delete("v1/Secret", objects.KEYS, second)
    site.kube.delete("v1/Secret", objects.LATER, second)  # a restore leaves what was made after its backup
    site.create(objects.secret(objects.LATER, second))
    return {
        "changed": f"Secret {first}/{objects.KEYS}, Secret {site.namespace}/{objects.PLATFORM_SECRET}, ConfigMap {first}/{objects.SETTINGS}",
        "deleted": f"Secret {second}/{objects.KEYS}",
        "added": f"Secret {second}/{objects.LATER}",
    }
