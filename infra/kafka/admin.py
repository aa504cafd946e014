"""Making topics, users and rights over the wire, as the administrator. Blocking: call it in a thread.

aiokafka can make neither users nor ACLs, so this is the one place that uses Confluent's client.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from typing import Any

from confluent_kafka import KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ConfigResource,
    NewTopic,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialAlteration,
    UserScramCredentialUpsertion,
)

from .settings import KafkaSettings
from .topology import Grant, Topic

ITERATIONS = 4096
TIMEOUT = 30.0


class AdminFailed(Exception):
    """Kafka refused what the administrator asked: check the administrator's password and the broker's log."""


class Admin:
    """The administrator's connection."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._client = AdminClient(
            {
                "bootstrap.servers": settings.bootstrap,
                "security.protocol": "SASL_SSL",
                "ssl.ca.location": str(settings.ca_file),
                "sasl.mechanism": "SCRAM-SHA-512",
                "sasl.username": settings.username,
                "sasl.password": settings.password,
                "log_level": 0,
            }
        )

    def make_topics(self, topics: Iterable[Topic]) -> None:
        """Make those that are not there yet; each one's own error is looked at."""
        known = self._client.list_topics(timeout=TIMEOUT).topics
        new = [
            NewTopic(
                topic.name,
                num_partitions=topic.partitions,
                replication_factor=1,
                config={
                    "retention.ms": str(topic.retention),
                    "message.timestamp.type": "LogAppendTime",
                    # The broker unpacks what clients compress, and refuses what is too large then: a reader meets no
                    # codec that it lacks and nothing that grows in its hands.
                    "compression.type": "uncompressed",
                },
            )
            for topic in topics
            if topic.name not in known
        ]
        if new:
            self._wait(self._client.create_topics(new, operation_timeout=TIMEOUT))

    def make_users(self, passwords: Mapping[str, str]) -> None:
        """Make users, or give them these passwords."""
        info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, ITERATIONS)
        alterations: list[UserScramCredentialAlteration] = [
            UserScramCredentialUpsertion(name, info, password.encode()) for name, password in sorted(passwords.items())
        ]
        if alterations:
            self._wait(self._client.alter_user_scram_credentials(alterations))

    def grant(self, rights: Mapping[str, Iterable[Grant]]) -> None:
        """Allow each principal its rights; what is not granted stays denied."""
        bindings = [_binding(principal, grant) for principal, grants in sorted(rights.items()) for grant in grants]
        if bindings:
            self._wait(self._client.create_acls(bindings))

    def rights(self) -> set[tuple[str, str, str]]:
        """Every right that is granted: (principal, resource, operation)."""
        any_name: Any = None
        anything = AclBindingFilter(
            ResourceType.ANY,
            any_name,
            ResourcePatternType.ANY,
            any_name,
            any_name,
            AclOperation.ANY,
            AclPermissionType.ANY,
        )
        bindings = self._client.describe_acls(anything).result(TIMEOUT)
        return {(item.principal.removeprefix("User:"), item.name, item.operation.name) for item in bindings}

    def configuration(self, topic: str) -> dict[str, str]:
        """A topic's settings."""
        resource = ConfigResource(ConfigResource.Type.TOPIC, topic)
        found = self._client.describe_configs([resource])[resource].result(TIMEOUT)
        return {name: str(entry.value) for name, entry in found.items()}

    def _wait(self, futures: Mapping[Any, Future[Any]]) -> None:
        for subject, future in futures.items():
            try:
                future.result(TIMEOUT)
            except KafkaException as error:
                name = getattr(subject, "name", subject)
                raise AdminFailed(f"{name}: {error}") from error


def _binding(principal: str, grant: Grant) -> AclBinding:
    return AclBinding(
        ResourceType.TOPIC if grant.kind == "topic" else ResourceType.GROUP,
        grant.name,
        ResourcePatternType.PREFIXED if grant.kind == "groups" else ResourcePatternType.LITERAL,
        f"User:{principal}",
        "*",
        AclOperation[grant.operation],
        AclPermissionType.ALLOW,
    )
