"""Which tables are as they were at a moment, by what the server itself says of their last change.

``information_schema.TABLES`` tells when a table was made and last written (whole seconds). InnoDB forgets the latter at a restart,
and when it drops a table from its dictionary cache; NDB never tells it. What is not told is not known: it is no proof of stillness.
"""

from datetime import datetime

from hopsdrill.adapters.sql import Sql, text


EXPIRY = "information_schema_stats_expiry"  # MySQL 8 caches what it tells for a day, unless this is 0; MariaDB does not


def changed(sql: Sql, moment: datetime) -> dict[str, str]:
    """Tables (``database.table``) that are not known to be as they were at a moment, each with the reason."""
    if sql.query(f"SHOW VARIABLES LIKE {text(EXPIRY)}"):
        sql.execute(f"SET SESSION {EXPIRY} = 0")
    since, remembers = int(moment.timestamp()), _remembers(sql, moment)
    found = sql.query(
        "SELECT CONCAT(TABLE_SCHEMA, '.', TABLE_NAME), ENGINE, UNIX_TIMESTAMP(CREATE_TIME), UNIX_TIMESTAMP(UPDATE_TIME) "
        "FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE'"
    )
    reasons = {
        title: _reason(engine, made, written, since, remembers=remembers) for title, engine, made, written in found
    }
    return {title: why for title, why in sorted(reasons.items()) if why}


def _reason(engine: str, made: float | None, written: float | None, since: int, *, remembers: bool) -> str:
    if made is None or made >= since:
        return "it was made, or made anew, after the recovery point"
    if written is not None:
        return "" if written < since else "it was written to after the recovery point"
    if engine == "InnoDB" and remembers:
        return ""  # never written since the server started, which was before that moment
    return f"the engine {engine} does not tell when it was last written to"


def _remembers(sql: Sql, moment: datetime) -> bool:
    """Whether InnoDB has forgotten no table since a moment: the server ran already, and its cache was never full."""
    known = sql.query("SHOW GLOBAL STATUS WHERE Variable_name IN ('Uptime', 'Opened_table_definitions')")
    told = {name: int(value) for name, value in known}
    size = int(sql.query("SELECT @@GLOBAL.table_definition_cache")[0][0])
    started = float(sql.query("SELECT UNIX_TIMESTAMP()")[0][0]) - told["Uptime"]
    return started < moment.timestamp() and told["Opened_table_definitions"] <= size
