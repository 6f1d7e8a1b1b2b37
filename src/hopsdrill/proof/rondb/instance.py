"""Which server this is: a value that changes when its data directory is made anew."""

from hopsdrill.adapters.sql import Sql
from hopsdrill.core.errors import OperationError


def instance(sql: Sql, query: str) -> str:
    """Run the profile's instance query.

    Raises:
        OperationError: it gives anything but one value.
    """
    rows = sql.query(query)
    if len(rows) != 1 or len(rows[0]) != 1 or not rows[0][0]:
        msg = f"The instance query `{query}` gave {len(rows)} rows instead of one value."
        raise OperationError(msg, hint="correct instance_query in the platform profile")
    return str(rows[0][0])
