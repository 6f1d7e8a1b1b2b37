"""What public WebHDFS clients do."""

import contextlib
import http.client
import json
import os
import socket

import pytest
import requests


BLOCK = 64 * 1024


def test_a_public_client_reads_back_what_it_wrote(fs, bucket, write):
    """Several blocks, a range across a block's border, odd names, listing, owner."""
    data = os.urandom(3 * BLOCK + 100)
    write("/Projects/demo/größe 50%+#.bin", data, block_size=BLOCK // 2 + 7)
    assert fs.cat("/Projects/demo/größe 50%+#.bin") == data
    assert fs.cat_file("/Projects/demo/größe 50%+#.bin", start=BLOCK - 3, end=BLOCK + 5) == data[BLOCK - 3 : BLOCK + 5]
    assert fs.ls("/Projects/demo", detail=False) == ["/Projects/demo/größe 50%+#.bin"]
    found = fs.info("/Projects/demo/größe 50%+#.bin")
    assert (found["size"], found["owner"], found["type"]) == (len(data), "meb10000", "file")
    keys = bucket.keys()
    assert len(keys) == 2 * 4  # full blocks and the rest, each with its meta; old generations are gone
    assert all(key.startswith("hopsfs-blocks-set-0/blk_") for key in keys)


def test_an_append_makes_a_new_generation_of_the_last_block(hopsfs, fs, bucket, write):
    """The object before it is deleted, never overwritten."""
    write("/f", b"first")
    before = bucket.data_key()
    assert hopsfs.call("POST", "APPEND", "/f", data=b" second").status_code == 200
    assert fs.cat("/f") == b"first second"
    after = bucket.data_key()
    assert before.rpartition("_")[0] == after.rpartition("_")[0]
    assert before != after


def test_the_file_checksum_is_hdfs_own(hopsfs, fs, write):
    """MD5 of MD5s of CRCs, equal for equal content, with the number of CRCs in a block where there are several."""
    for path in ("/a", "/b"):
        write(path, bytes(range(256)) * 512)
    found = fs.ukey("/a")
    assert found == fs.ukey("/b")
    assert (found["algorithm"], found["length"]) == (f"MD5-of-{BLOCK // 512}MD5-of-512CRC32", 28)


def test_renames_and_removals(hopsfs, fs, bucket, write):
    """A directory moves with what is in it; a removal that is not recursive is refused; objects go with their file."""
    write("/a/b/f", b"x")
    fs.mv("/a/b", "/c")
    assert fs.find("/") == ["/c/f"]
    assert hopsfs.call("PUT", "RENAME", "/c", destination="/c/below").json() == {"boolean": False}
    with pytest.raises(RuntimeError, match="not empty"):
        fs.rm("/c")
    fs.rm("/c", recursive=True)
    assert not fs.exists("/c/f")
    assert bucket.keys() == set()


REFUSALS = {
    "GET /none?op=OPEN": (404, "FileNotFoundException"),
    "GET /f/below?op=GETFILESTATUS": (404, "FileNotFoundException"),
    "PUT /f?op=CREATE&data=true": (403, "FileAlreadyExistsException"),
    "PUT /f/below?op=CREATE&data=true": (403, "ParentNotDirectoryException"),
    "PUT /f/below?op=MKDIRS": (403, "ParentNotDirectoryException"),
    "PUT /f?op=MKDIRS": (403, "FileAlreadyExistsException"),
    "POST /none?op=APPEND": (404, "FileNotFoundException"),
    "PUT /f?op=SETPERMISSION&permission=9": (400, "IllegalArgumentException"),
    "GET /a/%2e%2e/f?op=GETFILESTATUS": (400, "IllegalArgumentException"),
    "GET /f?op=GETXATTRS": (400, "UnsupportedOperationException"),
    "PATCH /f?op=OPEN": (400, "UnsupportedOperationException"),
}


def test_refusals_are_remote_exceptions(hopsfs, write):
    """Each with WebHDFS' own status and class, all on one connection."""
    write("/f", b"x")
    seen = {}
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", hopsfs.port, timeout=30)) as connection:
        for asked in REFUSALS:
            method, _, target = asked.partition(" ")
            connection.request(method, f"/webhdfs/v1{target}")
            answer = connection.getresponse()
            seen[asked] = (answer.status, json.loads(answer.read())["RemoteException"]["exception"])
    assert seen == REFUSALS


def test_a_redirect_leads_back_the_way_the_client_came(hopsfs):
    """The second step's address has the Host of the first, so that it works through a port-forward."""
    answer = requests.put(
        f"{hopsfs.url}/webhdfs/v1/f?op=CREATE", headers={"Host": "tunnel:1"}, allow_redirects=False, timeout=30
    )
    assert answer.status_code == 307
    assert answer.headers["Location"].startswith("http://tunnel:1/webhdfs/v1/f?")


def test_content_in_chunks_and_attributes(hopsfs):
    """A body of unknown length, written at once, then appended to; owner, mode and times can be set."""
    data = os.urandom(2 * BLOCK + 5)
    assert hopsfs.call("PUT", "CREATE", "/h/one", data=iter([data[:9], data[9:]]), permission="640").status_code == 201
    assert hopsfs.call("POST", "APPEND", "/h/one", data=iter([b"mo", b"re"])).status_code == 200
    assert hopsfs.call("GET", "OPEN", "/h/one", offset=BLOCK, length=2 * BLOCK).content == (data + b"more")[BLOCK:]
    hopsfs.call("PUT", "SETOWNER", "/h/one", owner="o", group="g")
    hopsfs.call("PUT", "SETTIMES", "/h/one", modificationtime=123_000)
    found = hopsfs.call("GET", "GETFILESTATUS", "/h/one").json()["FileStatus"]
    wanted = {"owner": "o", "group": "g", "permission": "640", "modificationTime": 123_000, "length": len(data) + 4}
    assert {key: found[key] for key in wanted} == wanted
    assert hopsfs.call("GET", "GETCONTENTSUMMARY", "/").json()["ContentSummary"]["length"] == len(data) + 4


def test_a_body_that_ends_early_leaves_nothing(hopsfs, bucket):
    """Neither a file nor objects."""
    with socket.create_connection(("127.0.0.1", hopsfs.port), timeout=30) as stream:
        stream.sendall(
            b"PUT /webhdfs/v1/f?op=CREATE HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n" + bytes(70_000)
        )
        stream.shutdown(socket.SHUT_WR)
        assert b"ended 30000 bytes early" in b"".join(iter(lambda: stream.recv(4096), b""))
    assert hopsfs.call("GET", "GETFILESTATUS", "/f").status_code == 404
    assert bucket.keys() == set()
