"""RonDB's proofs, over the MySQL protocol: tables, accounts, the recovery's effect on the data nodes.

``tables`` reads which tables there are, ``digest`` has the database compute what its rows add up to, ``fingerprint``
puts both together, ``compare`` names what differs, ``accounts`` does the same for users and grants, and ``witness``
watches the data nodes' volumes from a pod of its own.
"""
