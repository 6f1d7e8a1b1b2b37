"""Feature groups: tables and rows that are the same in every run with the same seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hopsdrill.adapters.sql import Row, Sql, name
from hopsdrill.model.plan import Data


DATABASE = "fraud_featurestore"
PARENT = "customers_1"
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
BATCH = 1000  # rows of one round trip
WORDS = ("naïve", "größe", "北京", "plain", "O'Brien", 'say "hi"', "tab\there", "", "ends with space ")

COLUMNS = """
  id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  event_time DATETIME(3) NOT NULL,
  amount DECIMAL(12,2) NOT NULL,
  score DOUBLE NULL,
  label VARCHAR(64) NULL,
  embedding VARBINARY(64) NULL,
  PRIMARY KEY (id)"""


@dataclass(frozen=True)
class FeatureGroup:
    """One table: ``parent`` tables are referenced by all others."""

    table: str
    rows: int
    parent: bool

    @property
    def quoted(self) -> str:
        """Its name for SQL."""
        return name(DATABASE, self.table)

    def definition(self) -> str:
        """CREATE TABLE with an index, and a foreign key to the parent."""
        foreign = "" if self.parent else f",\n  FOREIGN KEY (customer_id) REFERENCES {name(DATABASE, PARENT)} (id)"
        return f"CREATE TABLE {self.quoted} ({COLUMNS},\n  INDEX by_time (event_time){foreign})"


def feature_groups(data: Data) -> list[FeatureGroup]:
    """The tables of a plan's data, its rows dealt evenly, the parent first."""
    each, rest = divmod(data.rows, data.tables)
    titles = [PARENT, *(f"transactions_{number}" for number in range(1, data.tables))]
    return [FeatureGroup(title, each + (index < rest), parent=index == 0) for index, title in enumerate(titles)]


def rows_of(group: FeatureGroup, data: Data, parents: int) -> Iterator[Row]:
    """The rows of a table, by the plan's seed."""
    chance = random.Random(f"{data.seed}/{group.table}")  # noqa: S311 - the same rows in every run is the point
    for number in range(1, group.rows + 1):
        yield (
            number,
            chance.randint(1, parents),
            (EPOCH + timedelta(milliseconds=chance.randrange(10**10))).replace(tzinfo=None),
            f"{chance.randrange(-(10**9), 10**9) / 100:.2f}",
            None if chance.random() < 0.1 else chance.uniform(-1e6, 1e6),  # noqa: PLR2004 - one in ten
            None if chance.random() < 0.1 else chance.choice(WORDS) + str(number),  # noqa: PLR2004
            None if chance.random() < 0.5 else chance.randbytes(chance.randrange(1, 64)),  # noqa: PLR2004
        )


def load(sql: Sql, data: Data) -> int:
    """Make the feature store's database anew and load every table; gives the number of acknowledged rows."""
    sql.execute(f"DROP DATABASE IF EXISTS {name(DATABASE)}")
    sql.execute(f"CREATE DATABASE {name(DATABASE)} CHARACTER SET utf8mb4")
    groups, total = feature_groups(data), 0
    for group in groups:
        sql.execute(group.definition())
        fresh = list(rows_of(group, data, groups[0].rows))
        statement = f"INSERT INTO {group.quoted} VALUES (%s, %s, %s, %s, %s, %s, %s)"  # noqa: S608 - names are quoted
        total += sum(sql.insert(statement, fresh[start : start + BATCH]) for start in range(0, len(fresh), BATCH))
    return total


def count(sql: Sql) -> int:
    """Rows of all tables of the feature store's database."""
    tables = [row[0] for row in sql.query(f"SHOW TABLES FROM {name(DATABASE)}")]
    return sum(int(sql.query(f"SELECT COUNT(*) FROM {name(DATABASE, table)}")[0][0]) for table in tables)  # noqa: S608 - names are quoted
