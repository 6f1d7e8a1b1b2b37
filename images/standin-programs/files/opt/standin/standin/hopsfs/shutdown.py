"""Before a restore in place: stop the namenode, so that nobody writes blocks while the database is replaced."""

from standin import clients, hooks
from standin.say import env


def run(backup_id: str) -> None:
    """Stop the namenode, the Deployment $DEPLOYMENT; an unfinished restore Job of an earlier attempt is removed, so that it runs again.

    Raises:
        StandinError: this ID was restored before, or pods do not go.
    """
    hooks.refuse_second_restore(backup_id)
    hooks.remove_unfinished_jobs()
    clients.stop_deployment(env("DEPLOYMENT"))
