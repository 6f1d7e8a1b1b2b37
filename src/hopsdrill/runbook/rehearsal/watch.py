"""What a page makes on its cluster: entered into the ledger for removal, its secrets learnt so that nothing shows them."""

from hopsdrill.core.kubedata import decoded
from hopsdrill.core.redact import REDACTOR
from hopsdrill.recovery.location import enter_backups
from hopsdrill.recovery.velero import API
from hopsdrill.site import Site


class Watch:
    """Keeps the ledger of what a page makes, and learns the secrets it makes.

    What a platform is known to leave is entered before the first block; namespaces of other names when they are seen.
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self._before = self._namespaces()
        names = site.profile
        velero = names.kubernetes.velero_namespace
        enter_backups(site, names.kubernetes.storage_location)
        site.ledger("helm-release", names.release, namespace=names.namespace)
        site.ledger(
            "velero-location", names.kubernetes.storage_location, namespace=velero, api=f"{API}/BackupStorageLocation"
        )
        site.ledger("object", names.kubernetes.location_secret, namespace=velero, api="v1/Secret")
        site.ledger("namespace", names.namespace, api="v1/Namespace")
        for prefix in names.bucket_prefixes:
            site.ledger("s3-prefix", prefix)
        self._made = {names.namespace}

    def __call__(self) -> None:
        """Look again, after a block and before what it said is kept."""
        for name in sorted(self._namespaces() - self._before - self._made):
            self.site.ledger("namespace", name, api="v1/Namespace")
            self._made.add(name)
        for name in sorted({*self._made, self.site.profile.kubernetes.velero_namespace}):
            for secret in self.site.kube.list("v1/Secret", name):
                if secret.get("type", "Opaque") == "Opaque":
                    for value in decoded(secret).values():
                        REDACTOR.register(value.strip())

    def _namespaces(self) -> set[str]:
        return {each["metadata"]["name"] for each in self.site.kube.list("v1/Namespace")}
