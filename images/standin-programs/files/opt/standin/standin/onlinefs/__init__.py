"""The online feature store's writer: rows from Kafka's ``..._onlinefs`` topics into the database, at least once.

From the outside in: ``consumer`` (the loop), ``store`` (one batch, one transaction), ``message`` (what a message says),
``replay`` (reading again from an earlier point), ``topics`` (topics the chart asks for), ``broker`` (how Kafka is reached).
"""
