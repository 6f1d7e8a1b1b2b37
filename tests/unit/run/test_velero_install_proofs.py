"""The proofs about an installed Velero, and about one that goes by a role: red for its own wrong observation, green without one."""

from dataclasses import replace
from types import SimpleNamespace

import judged
import pytest
from plain_velero import Cluster

from hopsdrill.core.errors import OperationError, PlanError, PreconditionError, VerificationError
from hopsdrill.core.process import Completed
from hopsdrill.lab import identity
from hopsdrill.model.plan import VeleroChart
from hopsdrill.recovery.location import Location
from hopsdrill.recovery.velero import State
from hopsdrill.run import by_role, locations, velero_install, velero_installed
from hopsdrill.run.by_role import PATTERNS, VARIABLES, Own
from hopsdrill.run.locations import Tried
from hopsdrill.run.velero_install import VAIN_S, Asked
from hopsdrill.run.velero_installed import NEEDED


KEY = "velero-has-no-location-and-no-secret"
FLAGS = ["--no-default-backup-location", "--no-secret", "--use-volume-snapshots=false"]


def site(**kinds):
    """A site over a cluster of these objects."""
    return judged.site(kube=Cluster(**kinds))


def kind(name, established="True", group="velero.io"):
    """The definition of a kind."""
    status = {"conditions": [{"type": "Established", "status": established}]}
    plural = {"name": f"{name.lower()}s.{group}"}
    return {"metadata": plural, "spec": {"group": group, "names": {"kind": name}}, "status": status}


def deployment(available="True", **spec):
    """Velero's server."""
    container = {"name": "velero", "image": "velero:1", "env": [{"name": "VELERO_NAMESPACE"}]}
    pod = {"containers": [container], "initContainers": [{"name": "p", "image": "plugin:1"}], **spec}
    status = {"conditions": [{"type": "Available", "status": available}]} if available else {}
    return {"metadata": {"name": "velero"}, "spec": {"template": {"spec": pod}}, "status": status}


def pod(image, reason="ErrImagePull", message="no such host"):
    """A pod of the server that waits in its first container."""
    waiting = {"waiting": {"reason": reason, "message": message}} if reason else {"running": {}}
    return {"metadata": {"name": "v"}, "status": {"initContainerStatuses": [{"image": image, "state": waiting}]}}


# --- it is installed -------------------------------------------------------------------------------------------------


def test_a_kind_that_is_missing_or_not_established_is_named():
    """A drill's own as well as any other of Velero; another group's does not count."""
    all_of_them = [kind(each) for each in NEEDED]
    cases = {
        (): [*all_of_them, kind("Other", "False", "elsewhere.io")],
        ("Schedule is not there",): [each for each in all_of_them if each["spec"]["names"]["kind"] != "Schedule"],
        ("DataUpload is not established",): [*all_of_them, kind("DataUpload", "False")],
    }
    for lines, found in cases.items():
        here = site(CustomResourceDefinition=found)
        velero_installed.prove_kinds(here)
        assert here.proofs["velero-kinds-are-known"] == (not lines, list(lines))


@pytest.mark.parametrize(
    ("found", "green"), [([deployment()], True), ([deployment("False")], False), ([deployment("")], False), ([], False)]
)
def test_a_server_is_available_only_by_its_own_condition(found, green):
    """Not available, not yet told, not there."""
    here = site(Deployment=found)
    velero_installed.prove_available(here)
    assert here.proofs["velero-server-is-available"][0] is green


@pytest.mark.parametrize(
    ("plugins", "green"),
    [
        ([{"name": "velero.io/aws", "kind": "ObjectStore"}], True),
        ([{"name": "velero.io/aws", "kind": "VolumeSnapshotter"}], False),
        ([{"name": "velero.io/gcp", "kind": "ObjectStore"}], False),
        ([], False),
    ],
)
def test_a_plugin_counts_that_the_server_lists_as_an_object_store(monkeypatch, plugins, green):
    """Of another kind, another one, or none."""
    monkeypatch.setattr(velero_installed, "ask_server", lambda _: {"serverVersion": "v1", "plugins": plugins})
    here = site()
    velero_installed.prove_plugin(here, "velero.io/aws")
    assert here.proofs["velero-lists-the-plugin"][0] is green


def test_a_location_or_any_access_makes_an_installation_not_bare():
    """A location of either kind, a Secret, a variable, a volume; Velero's repository key and Helm's record are none."""
    named = [{"metadata": {"name": "default"}}]
    secret = {"metadata": {"name": "cloud-credentials"}, "type": "Opaque"}
    harmless = [
        {"metadata": {"name": "velero-repo-credentials"}, "type": "Opaque"},
        {"metadata": {"name": "sh.helm.release.v1.velero.v1"}, "type": "helm.sh/release.v1"},
    ]
    volume = {"volumes": [{"name": "c", "secret": {"secretName": "cloud-credentials"}}, {"name": "s", "emptyDir": {}}]}
    variable = {"containers": [{"name": "velero", "env": [{"name": "AWS_SHARED_CREDENTIALS_FILE", "value": "/c"}]}]}
    taken = {
        "containers": [{"name": "velero", "env": [{"name": "X", "valueFrom": {"secretKeyRef": {}}}], "envFrom": [{}]}]
    }
    whole = {"containers": [{"name": "velero", "envFrom": [{"secretRef": {"name": "c"}}]}]}
    cases = [
        ({"Secret": harmless, "Deployment": [deployment()]}, []),
        ({"BackupStorageLocation": named}, ["BackupStorageLocation default"]),
        ({"VolumeSnapshotLocation": named}, ["VolumeSnapshotLocation default"]),
        ({"Secret": [*harmless, secret]}, ["Secret cloud-credentials"]),
        ({"Deployment": [deployment(**volume)]}, ["volume c of Secret cloud-credentials"]),
        ({"Deployment": [deployment(**variable)]}, ["AWS_SHARED_CREDENTIALS_FILE of container velero"]),
        ({"Deployment": [deployment(**taken)]}, ["X of container velero"]),
        ({"Deployment": [deployment(**whole)]}, ["envFrom of container velero"]),
    ]
    for kinds, lines in cases:
        here = site(**kinds)
        velero_installed.prove_bare(here)
        assert here.proofs[KEY] == (not lines, lines)


def test_what_differs_from_the_velero_that_stood_is_named():
    """Another image, a kind that is gone, a node agent that is gone."""
    kinds = {"CustomResourceDefinition": [kind("Backup")], "DaemonSet": [deployment()], "Deployment": [deployment()]}
    before = velero_install.standing(site(**kinds))
    agent = deployment()
    agent["metadata"]["name"] = "node-agent"
    changes = {
        (): {},
        ("Deployment velero",): {"Deployment": [deployment(containers=[{"name": "velero", "image": "velero:2"}])]},
        ("kinds",): {"CustomResourceDefinition": []},
        ("DaemonSet velero",): {"DaemonSet": []},
        ("DaemonSet node-agent",): {"DaemonSet": [deployment(), agent]},
    }
    for lines, change in changes.items():
        here = site(**{**kinds, **change})
        velero_installed.prove_as_before(here, before)
        assert here.proofs["velero-is-as-before"] == (not lines, list(lines))


@pytest.mark.parametrize(
    ("asked", "green"),
    [
        (Asked("An error occurred: --provider is required", 1, 0.1), True),
        (Asked("An error occurred: --provider is required", 0, 0.1), False),
        (Asked("An error occurred: --provider is required", None, 180.0), False),
        (Asked("the server could not be reached", 1, 0.1), False),
    ],
)
def test_a_refusal_is_an_exit_code_and_the_reason(asked, green):
    """It was let through, it never ended, or another reason."""
    here = site()
    velero_installed.prove_refused(here, asked, "--provider is required")
    assert here.proofs["velero-refuses-to-install"][0] is green


@pytest.mark.parametrize(
    ("found", "asked", "green"),
    [
        ({}, {}, True),
        ({"Deployment": [deployment("True")]}, {}, False),
        ({"Deployment": []}, {}, False),
        ({"Pod": []}, {}, False),
        ({"Pod": [pod("hopsdrill.local/velero-plugin-for-aws:v1.14.3")]}, {}, False),
        ({"Pod": [pod("hopsdrill.local/velero-plugin-for-aws:v0.0.0", "PodInitializing")]}, {}, False),
        ({"Pod": [pod("hopsdrill.local/velero-plugin-for-aws:v0.0.0", "")]}, {}, False),
        ({}, {"ended": 1}, False),
        ({}, {"ended": 0}, False),
        ({}, {"seconds": VAIN_S - 1}, False),
        ({}, {"seconds": VAIN_S + 60}, False),
    ],
)
def test_a_server_that_never_starts_is_told_by_the_image_it_lacks(found, asked, green):
    """It started, nobody says why, another image, another reason; or the installer ended by itself, too early or too late."""
    kinds = {"Deployment": [deployment("False")], "Pod": [pod("hopsdrill.local/velero-plugin-for-aws:v0.0.0")]}
    here = site(**{**kinds, **found})
    seen = replace(Asked("did not end", None, VAIN_S + 1), **asked)
    velero_installed.prove_never_available(here, seen, "velero/velero-plugin-for-aws:v0.0.0")
    assert here.proofs["server-never-became-available"][0] is green


# --- taking away, and installing -------------------------------------------------------------------------------------


@pytest.mark.parametrize("held", velero_install.HELD)
def test_velero_is_not_taken_from_anybody_who_uses_it(held):
    """Each kind that would go with it is named, and nothing is done."""
    here = site(CustomResourceDefinition=[kind("Backup")], **{held: [{"metadata": {"name": "theirs"}}]})
    with pytest.raises(PreconditionError, match=f"1 things would go with it: {held} theirs"):
        velero_install.take_away(here)
    velero_install.require_unused(site())  # no kinds, so nothing of them


def test_velero_elsewhere_than_the_labs_is_not_taken_away():
    """The lab would not know what to put back."""
    here = site()
    names = here.profile.kubernetes.model_copy(update={"velero_namespace": "elsewhere"})
    here.profile = here.profile.model_copy(update={"kubernetes": names})
    with pytest.raises(PreconditionError, match="Velero is in elsewhere"):
        velero_install.take_away(here)


@pytest.mark.parametrize(
    ("left", "effective"), [({}, True), ({"Namespace": ["velero"]}, False), ({"CustomResourceDefinition": []}, False)]
)
def test_a_removal_that_left_something_had_no_effect(monkeypatch, left, effective):
    """A namespace or a kind is still there; the ledger has the lab's own before anything is removed."""
    here, said = site(), []
    here.recorder.action = lambda name, *, effective, **_: said.append((name, effective))
    here.ledger = lambda *words, **_: said.append(words)

    def uninstall(_namespace):
        said.append("uninstalled")
        here.kube.kinds = {name: [{"metadata": {"name": each}} for each in found] for name, found in left.items()}
        if "CustomResourceDefinition" in left:
            here.kube.kinds["CustomResourceDefinition"] = [kind("Backup")]

    monkeypatch.setattr(velero_install, "cli", lambda _: SimpleNamespace(uninstall=uninstall))
    velero_install.take_away(here)
    assert said == [("lab-velero", "velero"), "uninstalled", ("velero-was-removed", effective)]


def test_flags_are_as_documented_with_the_labs_images():
    """One less, one more, and rows of a scenario."""
    images = ["--image=hopsdrill.local/velero:v1.17.1", "--plugins=hopsdrill.local/velero-plugin-for-aws:v1.14.3"]
    assert velero_install.documented() == [*images, *FLAGS]
    assert velero_install.varied("without", "--no-secret") == [*images, FLAGS[0], FLAGS[2]]
    assert velero_install.varied("with", "--provider") == [*images, *FLAGS, "--provider=aws"]
    rows = [("--image", "velero/velero:v1.17.1"), ("--no-secret", ""), ("--use-volume-snapshots", "false")]
    assert velero_install.words(rows) == [images[0], "--no-secret", "--use-volume-snapshots=false"]


@pytest.mark.parametrize(("code", "told"), [(1, "exit code 1: why"), (None, "the deadline: why")])
def test_an_installation_that_was_to_succeed_and_did_not_says_why(code, told):
    """It refused, or never ended."""
    with pytest.raises(OperationError, match=f"velero install ended with {told}"):
        velero_install.require_installed(Asked("why", code, 1.0))
    velero_install.require_installed(Asked("", 0, 1.0))


class Helm:
    """Tells a chart's version, and what an installation came to."""

    def __init__(self, version="0.1.0", code=0) -> None:
        self.version, self.code, self.flags = version, code, []

    def chart_version(self, *_, **__):
        """The chart's own."""
        if not self.version:
            msg = "helm says no"
            raise OperationError(msg)
        return self.version

    def install_by_flags(self, _release, flags, **_):
        """Keeps the flags."""
        self.flags = list(flags)
        return Completed(("helm",), self.code, "", "a value was refused", 1.0)


def helped(helm):
    """A site with this Helm, and what it entered into its ledger."""
    here, entered = judged.site(helm=helm), []
    here.ledger = lambda *words, **_: entered.append(words)
    return here, entered


@pytest.mark.parametrize(
    ("version", "repository", "told"),
    [
        ("", "", "chart .* cannot be had; nothing was installed. helm says no"),
        ("0.2.0", "", "is version 0.2.0, the plan says 0.1.0; nothing was installed"),
        ("", "https://charts.example", "of https://charts.example cannot be had"),
    ],
)
def test_a_chart_that_cannot_be_had_or_is_another_is_told_before_anything_is_installed(version, repository, told):
    """By the plan's repository, too."""
    here, entered = helped(Helm(version))
    chart = VeleroChart(chart="velero-standin", version="0.1.0", repository=repository)
    with pytest.raises(PreconditionError, match=told):
        velero_install.install_chart(here, chart, [])
    assert not entered
    assert not here.helm.flags


def test_a_plan_without_a_chart_of_velero_says_what_to_write():
    """The packaged one is named."""
    with pytest.raises(PlanError, match="names no chart of Velero") as caught:
        velero_install.install_chart(helped(Helm())[0], None, [])
    assert "velero-standin" in caught.value.hint


def test_a_chart_gets_a_tables_values_with_the_labs_images_and_helms_failure_is_told():
    """The release is in the ledger before helm is called."""
    chart = VeleroChart(chart="velero-standin", version="0.1.0")
    rows = [
        ("--set", "initContainers[0].image", "velero/velero-plugin-for-aws:v1.13.0"),
        ("--set-json", "configuration.backupStorageLocation", "[]"),
    ]
    here, entered = helped(Helm())
    velero_install.install_chart(here, chart, rows)
    assert entered == [("helm-release", "velero")]
    assert here.helm.flags == [
        "--create-namespace",
        *("--set", "image.repository=hopsdrill.local/velero", "--set", "image.tag=v1.17.1"),
        *("--set", "initContainers[0].image=hopsdrill.local/velero-plugin-for-aws:v1.14.3"),
        *("--set-json", "configuration.backupStorageLocation=[]"),
        "--wait",
    ]
    with pytest.raises(OperationError, match="a value was refused"):
        velero_install.install_chart(helped(Helm(code=1))[0], chart, rows)


# --- by a role -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([PATTERNS], []),
        ([], ["the pod could not be searched: not even the keys that were searched for were found"]),
        ([PATTERNS, VARIABLES], ["a key of the store in its environment"]),
        ([PATTERNS, "/scratch/x"], ["a key of the store in /scratch/x"]),
    ],
)
def test_a_search_that_found_nothing_at_all_has_not_searched(lines, told):
    """What was looked for lies beside what was looked through."""
    assert by_role.found_in(lines) == told


@pytest.mark.parametrize(
    ("spec", "kinds", "inside", "told"),
    [
        ({}, {}, [], []),
        ({"credential": {"name": "c", "key": "cloud"}}, {}, [], ["the location names a credential"]),
        ({}, {"Secret": [{"metadata": {"name": "c"}}]}, [], ["Secret c"]),
        ({}, {}, ["a key of the store in /tmp/x"], ["a key of the store in /tmp/x"]),
        (
            {},
            {"Deployment": [deployment(containers=[{"name": "velero", "env": [{"name": "AWS_ACCESS_KEY_ID"}]}])]},
            [],
            ["AWS_ACCESS_KEY_ID of container velero"],
        ),
    ],
)
def test_a_credential_anywhere_is_named(monkeypatch, spec, kinds, inside, told):
    """In the location, the namespace, the server's settings, its pod."""
    monkeypatch.setattr(by_role, "_found_inside", lambda _: inside)
    here = site(**kinds)
    tried = Tried(Location("bsl", "p", ""), State("Available", "", {"spec": spec}), "", 1.0, 60.0, ())
    by_role.prove_no_credential(Own(here, None), tried)
    assert here.proofs["no-static-credential-anywhere"] == (not told, told)


def test_identities_differ_from_the_right_one_in_one_thing_each():
    """Else a refusal would not show what it says it shows."""
    known = by_role.identities()
    right = known.pop("whose service account has the role of the object store")
    assert right.role == identity.role()
    for whose, each in known.items():
        parts = ("role", "audience", "account")
        assert len([part for part in parts if getattr(each, part) != getattr(right, part)]) == 1, whose


def test_a_velero_or_a_place_nobody_knows_is_refused():
    """A slip of a scenario's author."""
    with pytest.raises(VerificationError, match="no Velero 'whose dog'"):
        by_role.install(site(), "whose dog")
    corner = SimpleNamespace(location=Location("bsl", "p", "s"))
    with pytest.raises(VerificationError, match="no place 'on the moon'"):
        by_role.try_in_vain(Own(site(), corner), "on the moon")
    with pytest.raises(VerificationError, match="no fault"):
        locations.try_wrong(site(), corner, "upside down")


@pytest.mark.parametrize(
    ("status", "runs"),
    [
        ({"observedGeneration": 2, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1}, True),
        ({"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1}, False),
        ({"observedGeneration": 2, "replicas": 2, "updatedReplicas": 1, "availableReplicas": 1}, False),
        ({"observedGeneration": 2, "replicas": 1, "updatedReplicas": 1}, False),
    ],
)
def test_a_server_runs_with_its_identity_when_its_old_pod_is_gone(status, runs):
    """Else a location would be judged by what the old pod may do."""
    found = {"metadata": {"name": "velero", "generation": 2}, "status": status}
    assert (by_role._rolled(site(Deployment=[found])) == "") is runs
