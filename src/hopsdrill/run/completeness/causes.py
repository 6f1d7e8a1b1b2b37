"""Why something is missing from a backup or after a restore, as far as the world tells."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hopsdrill.model.events import GapStage
from hopsdrill.proof.kubernetes.live import KINDS
from hopsdrill.run import whole
from hopsdrill.run.completeness.counts import KUBERNETES, RONDB, Counts
from hopsdrill.run.sealing.parts import OPENSEARCH
from hopsdrill.run.stages import Recovered
from hopsdrill.site import Site


EXCLUDED_LABEL = "velero.io/exclude-from-backup"


@dataclass
class Causes:
    """Looks for causes, each look at most once."""

    site: Site
    recovered: Recovered
    counts: Counts

    def of(self, store: str, stage: GapStage, title: str) -> str:
        """Why something is missing, as far as the world tells; empty when it does not."""
        look = {RONDB: self._of_database, KUBERNETES: self._of_objects, OPENSEARCH: self._of_shards}.get(store)
        return (self._pruned(store) if stage == "backup" or store == RONDB else "") or (
            look(stage, title) if look else ""
        )

    def _pruned(self, store: str) -> str:
        """Nothing is left of the whole backup, and delete markers lie where it was."""
        names, taken = self.site.profile.recorded.get(store), self.recovered.backup.recorded.get(store)
        if names is None or taken is None or not names.backup_files:
            return ""
        prefix = f"{names.bucket_prefix}/{taken.id}/"
        if self.site.store.entries(prefix) or not self.site.store.holds(prefix):
            return ""
        return f"pruned: nothing but older versions lies under {prefix}"

    def _of_database(self, stage: GapStage, title: str) -> str:
        del stage, title
        lost = self._parts_lost
        return f"failed part: {'; '.join(lost[:3])}" if lost else ""

    @cached_property
    def _parts_lost(self) -> list[str]:
        return whole.database(self.site, self.recovered.backup).missing

    def _of_shards(self, stage: GapStage, title: str) -> str:
        del stage
        failed = sorted(
            each for each in self._unserving if title in {each, each.partition("/")[0]} or each.startswith(f"{title}/")
        )
        return f"failed shard: {', '.join(failed)} does not serve" if failed else ""

    @cached_property
    def _unserving(self) -> set[str]:
        return set(self.counts.shards_held()) - set(self.counts.shards_there())

    def _of_objects(self, stage: GapStage, title: str) -> str:
        kind, _, where = title.partition(" ")
        space, _, own = where.partition("/")
        if stage == "restore":
            bad = [name for name, each in self.recovered.restored.velero.items() if _troubled(each)]
            return f"skipped by Velero: {', '.join(bad)} ended with warnings or errors" if bad else ""
        backups = (self.recovered.backup.main, self.recovered.backup.users)
        spaces = {each for backup in backups for each in backup.get("spec", {}).get("includedNamespaces") or ["*"]}
        if not spaces & {space, "*"}:
            return f"never selected: no backup of the set includes the namespace {space}"
        apis = {each.rpartition("/")[2]: each for each in KINDS}
        live = self.site.kube.get(apis[kind], own, space) or {}
        if (live.get("metadata", {}).get("labels") or {}).get(EXCLUDED_LABEL) == "true":
            return f"skipped by Velero: it carries {EXCLUDED_LABEL}"
        bad = [each["metadata"]["name"] for each in backups if _troubled(each)]
        return f"skipped by Velero: {', '.join(bad)} ended with warnings or errors" if bad else ""


def _troubled(found: dict[str, Any]) -> bool:
    status = found.get("status", {})
    return bool(status.get("errors") or status.get("warnings") or status.get("phase") != "Completed")
