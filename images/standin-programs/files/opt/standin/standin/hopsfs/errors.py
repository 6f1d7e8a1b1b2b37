"""Refusals as WebHDFS says them: an HTTP status and a RemoteException that names a Java class."""

from typing import Any

from standin.say import StandinError


class RemoteError(StandinError):
    """A refusal; each kind has HDFS' class and the status WebHDFS gives it."""

    java = "java.io.IOException"
    status = 403

    def body(self) -> dict[str, Any]:
        """The JSON clients expect."""
        kind = self.java.rpartition(".")[2]
        return {"RemoteException": {"exception": kind, "javaClassName": self.java, "message": str(self)}}


class NotFoundError(RemoteError):
    """No such file or directory."""

    java = "java.io.FileNotFoundException"
    status = 404


class ExistsError(RemoteError):
    """There is something of that name."""

    java = "org.apache.hadoop.fs.FileAlreadyExistsException"


class NotDirectoryError(RemoteError):
    """A parent is a file."""

    java = "org.apache.hadoop.fs.ParentNotDirectoryException"


class NotEmptyError(RemoteError):
    """A directory has entries and the deletion is not recursive."""

    java = "org.apache.hadoop.fs.PathIsNotEmptyDirectoryException"


class BusyError(RemoteError):
    """Someone else changed the file meanwhile."""

    java = "org.apache.hadoop.hdfs.protocol.AlreadyBeingCreatedException"


class BlockMissingError(RemoteError):
    """The bucket lacks an object the metadata knows."""

    java = "org.apache.hadoop.hdfs.BlockMissingException"


class ChecksumError(RemoteError):
    """A block's content is not what was written."""

    java = "org.apache.hadoop.fs.ChecksumException"


class InvalidError(RemoteError):
    """A parameter or a path makes no sense."""

    java = "java.lang.IllegalArgumentException"
    status = 400


class UnsupportedError(RemoteError):
    """An operation this service does not have."""

    java = "java.lang.UnsupportedOperationException"
    status = 400


class UnavailableError(RemoteError):
    """A store behind us is away or refuses; whether the last change was made may be unknown."""

    java = "org.apache.hadoop.ipc.RetriableException"
    status = 503
