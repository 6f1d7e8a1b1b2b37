"""How Kafka is reached."""

from confluent_kafka import KafkaError

from standin.say import StandinError, env, say


ANSWER_SECONDS = 30.0


def settings(**more: str | float | bool) -> dict[str, object]:
    """A client's configuration; dots in names are written as underscores here."""
    own: dict[str, object] = {
        "bootstrap.servers": env("KAFKA_BOOTSTRAP"),
        "client.id": "onlinefs",
        "error_cb": tell,
        "log_level": 2,  # what is less is told by error_cb too
        # A broker that starts again is found within seconds; the defaults are 10 and 30.
        "reconnect.backoff.max.ms": 1000,
        "socket.connection.setup.timeout.ms": 3000,
    }
    return {**own, **{name.replace("_", "."): value for name, value in more.items()}}


def tell(error: KafkaError) -> None:
    """Say what a client's background threads run into; they go on by themselves."""
    say(f"Kafka: {error.str()}")


def failed(what: str, error: Exception) -> StandinError:
    """An error of ours for one of the client's."""
    return StandinError(f"{what} at {env('KAFKA_BOOTSTRAP')}: {error}")
