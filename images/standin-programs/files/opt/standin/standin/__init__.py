"""The stand-in for RonDB: a MariaDB server behind the names, files and order of a RonDB cluster.

What each module is, from the outside in: ``cli`` (verbs), ``hook`` and ``job`` modules (run in Jobs), ``node`` modules
(run in a data node's pod), and below them ``schema``, ``part``, ``bucket``, ``kube``, ``db``, ``volume``, ``say``.
"""
