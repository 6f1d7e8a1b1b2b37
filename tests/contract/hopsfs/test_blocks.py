"""Block reports, and restores of deleted blocks."""

import json

import pytest
import requests

from hopsdrill.core.wait import wait_for


def test_a_report_finds_missing_corrupt_and_orphaned_blocks(hopsfs, fs, bucket, write):
    """Orphans are deleted, but not by a dry run; missing is only what is older than the grace period."""
    for name in ("lost", "half", "cut", "stale", "good"):
        write(f"/{name}", name.encode())
    found = hopsfs.sql.query(
        "SELECT name, block_id, generation_stamp FROM t_hops.hdfs_block_infos, t_hops.hdfs_inodes WHERE id = inode_id"
    )
    key = {name: f"hopsfs-blocks-set-0/blk_{block}_{stamp}" for name, block, stamp in found}
    bucket.delete(f"{key['lost']}.data", f"{key['lost']}.meta", f"{key['half']}.meta")
    bucket.client.put_object(Bucket=bucket.name, Key=f"{key['cut']}.data", Body=b"c")
    hopsfs.sql.execute(
        "UPDATE t_hops.hdfs_block_infos, t_hops.hdfs_inodes SET generation_stamp = 1 WHERE id = inode_id AND name = 'stale'"
    )
    for kind in ("data", "meta"):
        bucket.client.put_object(Bucket=bucket.name, Key=f"hopsfs-blocks-set-7/blk_3999_5000.{kind}", Body=b"o")
    grace = hopsfs.report("--dry-run", MARK_AFTER_MS="3600000")
    assert (grace["missing"], {each["path"] for each in grace["within_grace"]}) == ([], {"/lost", "/half"})
    dry = hopsfs.report("--dry-run")
    real = hopsfs.report()
    assert dry | {"deleted": 2} == real
    assert {each["path"]: each["reason"].split(":")[0] for each in real["missing"]} == {
        "/lost": "no .data and no .meta object",
        "/half": "no .meta object",
    }
    assert {each["path"]: each["reason"].split(":")[0] for each in real["corrupt"]} == {
        "/cut": "size mismatch",
        "/stale": "generation stamp mismatch",
    }
    assert (real["orphaned"], real["safe"]) == (
        ["hopsfs-blocks-set-7/blk_3999_5000.data", "hopsfs-blocks-set-7/blk_3999_5000.meta"],
        1,
    )
    assert hopsfs.report()["orphaned"] == []
    with pytest.raises(RuntimeError, match="does not exist although the metadata knows its block"):
        fs.cat("/lost")


def test_changed_content_of_the_same_length_is_not_served(fs, bucket, write):
    """A read checks what it reads."""
    write("/f", b"true")
    bucket.client.put_object(Bucket=bucket.name, Key=bucket.data_key(), Body=b"lies")
    with pytest.raises(RuntimeError, match="checksums differ"):
        fs.cat("/f")


@pytest.mark.parametrize("content", [b"no JSON", b"[]", b"{}"])
def test_a_damaged_checksum_object_is_named(platform, bucket, write, content):
    """The client is told which object it is; the connection does not break."""
    write("/f", b"true")
    key = bucket.data_key().replace(".data", ".meta")
    bucket.client.put_object(Bucket=bucket.name, Key=key, Body=content)
    answer = requests.get(f"{platform.url}/webhdfs/v1/f?op=GETFILECHECKSUM&user.name=hdfs", timeout=5)
    told = answer.json()["RemoteException"]
    assert (answer.status_code, told["exception"]) == (403, "ChecksumException")
    assert key in told["message"]


def test_the_server_makes_reports_by_itself(platform):
    """The last one is at /hopsfs/report."""
    platform.start(REPORT_DELAY_MS="200")
    url = f"{platform.url}/hopsfs/report"
    made = wait_for(
        lambda: requests.get(url, timeout=5).json(), what="a report", until=lambda seen: seen["time"], deadline=10
    ).value
    assert made["report"]["missing"] == []


KEEP = (
    "CREATE TABLE t_hops.kept_inodes AS SELECT * FROM t_hops.hdfs_inodes",
    "CREATE TABLE t_hops.kept_blocks AS SELECT * FROM t_hops.hdfs_block_infos",
)
PUT_BACK = (
    "DELETE FROM t_hops.hdfs_block_infos",
    "DELETE FROM t_hops.hdfs_inodes",
    "INSERT INTO t_hops.hdfs_inodes SELECT * FROM t_hops.kept_inodes",
    "INSERT INTO t_hops.hdfs_block_infos SELECT * FROM t_hops.kept_blocks",
    "UPDATE t_hops.hdfs_sequences SET next_value = 1",  # older than anything, so that names could come again
)


@pytest.fixture
def restored(hopsfs, fs, bucket, write):
    """Files deleted and metadata of before put back, as after a restore of the database; gives the blocks' keys."""
    for number in range(20):
        write(f"/p/{number}", bytes([number]) * 100)
    for statement in KEEP:
        hopsfs.sql.execute(statement)
    keys = bucket.keys()
    fs.rm("/p", recursive=True)
    write("/after", b"after")
    hopsfs.stop()
    for statement in PUT_BACK:
        hopsfs.sql.execute(statement)
    return keys


def test_deleted_blocks_come_back(hopsfs, fs, bucket, write, restored):
    """All markers go, a second run finds nothing to do, what was written since is an orphan, and no name comes again."""
    done = hopsfs.verb("hopsfs-restore", "254811200")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["blocks"], told["objects_undeleted"], told["markers_removed"], told["bad"]) == (20, 40, 40, [])
    assert restored < bucket.keys()
    again = json.loads(hopsfs.verb("hopsfs-restore", "254811200").stdout)
    assert (again["objects_present"], again["markers_removed"]) == (40, 0)
    report = hopsfs.report()
    assert (report["safe"], report["missing"], report["deleted"]) == (20, [], 2)
    hopsfs.start()
    assert fs.cat("/p/7") == bytes([7]) * 100
    write("/new", b"new")
    versions = bucket.client.list_object_versions(Bucket=bucket.name, Prefix="hopsfs-blocks-set-")["Versions"]
    assert len({item["Key"] for item in versions}) == len(versions)


def test_a_block_without_versions_fails_the_restore_and_names_the_file(hopsfs, bucket, restored):
    """What can be brought back is."""
    keys = sorted(restored)
    bucket.destroy(keys[0])
    done = hopsfs.verb("hopsfs-restore", "254811200")
    assert done.returncode == 1
    assert "1 blocks are lost or wrong: /p/" in done.stderr.splitlines()[-1]
    assert f"no version left of {keys[0]}" in done.stderr
    assert len(json.loads(done.stdout)["bad"]) == 1
    assert set(keys[1:]) < bucket.keys()


def test_a_database_without_hopsfs_fails_the_restore(hopsfs):
    """An empty restore is not passed off as one without blocks."""
    hopsfs.stop()
    hopsfs.sql.execute("DROP DATABASE t_hops")
    for _ in range(2):  # without the database, then without the tables
        done = hopsfs.verb("hopsfs-restore", "254811200")
        assert done.returncode == 1
        assert "has no metadata of HopsFS after the restore of backup 254811200" in done.stderr.splitlines()[-1]
        hopsfs.sql.execute("CREATE DATABASE IF NOT EXISTS t_hops")
