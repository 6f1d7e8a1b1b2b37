"""What is kept of a pod after a restore."""

from hopsdrill.recovery.restore import _told


def test_what_became_of_a_pod_is_kept_and_how_it_is_built_is_not():
    """Status, images and times; no record of which client set which field, and no environment."""
    pod = {
        "metadata": {"name": "mysqld-0", "uid": "u", "managedFields": [{"manager": "kube-controller-manager"}]},
        "spec": {"nodeName": "n", "containers": [{"name": "mysqld", "image": "mariadb:10", "env": [{"name": "X"}]}]},
        "status": {"phase": "Running"},
    }
    assert _told(pod) == {
        "metadata": {"name": "mysqld-0", "uid": "u"},
        "node": "n",
        "images": {"mysqld": "mariadb:10"},
        "status": {"phase": "Running"},
    }
