"""Before a restore in place: stop the namenode, so that nobody writes blocks while the database is replaced."""

from standin import clients, hooks


def run(backup_id: str) -> None:
    """Stop the namenode; an unfinished restore Job of an earlier attempt is removed, so that it runs again.

    Raises:
        StandinError: this ID was restored before, or pods do not go.
    """
    hooks.refuse_second_restore(backup_id)
    hooks.remove_unfinished_jobs()
    clients.stop_deployment("namenode")
