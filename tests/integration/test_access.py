"""Who may do what at Kafka, tried with real credentials: every topic × operation × principal, and every group."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.conn import create_conn
from aiokafka.errors import KafkaError
from aiokafka.protocol.metadata import MetadataRequest
from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from infra.embedded.cluster import Endpoints
from infra.kafka.admin import Admin
from infra.kafka.settings import KafkaSettings
from infra.kafka.topology import FAMILIES, SERVICES, grants, principals, topics

from .broker import Broker
from .conftest import AGENCIES

As = Callable[[str], KafkaSettings]
TOPICS = [topic.name for topic in topics(AGENCIES, replay=True, partitions=2)]
PRINCIPALS = principals(AGENCIES, replay=True)
GROUPS = [name for principal in PRINCIPALS for name in (principal, f"{principal}.submissions", f"{principal}-other")]


def allowed(principal: str, operation: str) -> set[str]:
    """What the rules of the network say, in words of their own: not read from the grants."""
    if principal in AGENCIES:
        written = {f"{family}.submissions.v1" for family in FAMILIES}
        return written if operation == "WRITE" else {f"mailbox.{principal}.v1", "directory.v1"}
    if principal == "registrar":
        return {"directory.v1"}
    if principal == "replay":
        if operation == "WRITE":
            return {"ticks.intake.v1", "ticks.referral.v1", "ticks.repatriation.v1"}
        return {f"{family}.answers.v1" for family in FAMILIES}
    service = principal.removeprefix("svc-")
    own = {family for family, owner in FAMILIES.items() if owner == service}
    if operation == "WRITE":
        return {f"{family}.{part}.v1" for family in own for part in ("events", "answers")} | {
            f"mailbox.{agency}.v1" for agency in AGENCIES
        }
    read = {f"{family}.submissions.v1" for family in own} | {f"{family}.events.v1" for family in FAMILIES}
    read.add("directory.v1")
    if service == "audit":
        return read | {f"{family}.answers.v1" for family in FAMILIES}
    return read | {f"ticks.{service}.v1"}


def known(principal: str) -> set[str]:
    """The topics that a principal may know of: what it reads or writes, and for the audit every submissions topic."""
    positions = {f"{family}.submissions.v1" for family in FAMILIES} if principal == "svc-audit" else set()
    return allowed(principal, "READ") | allowed(principal, "WRITE") | positions


@pytest.fixture(scope="session")
async def filled(cluster: Endpoints, passwords: dict[str, str]) -> None:
    """A record in every topic, so that whoever may read has something to read."""
    async with Broker(cluster.admin()) as broker:
        assert await broker.written(TOPICS) == set(TOPICS)
        assert await broker.read(TOPICS) == set(TOPICS)


@pytest.mark.parametrize("principal", PRINCIPALS)
async def test_each_principal_reads_and_writes_what_it_must_and_nothing_else(
    principal: str, kafka_as: As, filled: None
) -> None:
    async with Broker(kafka_as(principal)) as broker:
        assert await broker.written(TOPICS) == allowed(principal, "WRITE")
        assert await broker.read(TOPICS) == allowed(principal, "READ")
        assert await broker.described(TOPICS) == known(principal)


@pytest.mark.parametrize("principal", PRINCIPALS)
async def test_each_principal_joins_its_own_groups_and_no_others(principal: str, kafka_as: As) -> None:
    reads_in_groups = principal in AGENCIES or principal.startswith("svc-")
    async with Broker(kafka_as(principal)) as broker:
        own = {principal, f"{principal}.submissions"} if reads_in_groups else set()
        assert await broker.joined(GROUPS) == own


@pytest.mark.parametrize("principal", PRINCIPALS)
async def test_no_principal_changes_topics_users_or_rights(principal: str, kafka_as: As, filled: None) -> None:
    answers = await asyncio.to_thread(lambda: dict(_changes(kafka_as(principal))))
    assert len(answers) == 4 * len(TOPICS) + 3
    assert set(answers.values()) <= {"TOPIC_AUTHORIZATION_FAILED", "CLUSTER_AUTHORIZATION_FAILED"}, answers


def _changes(settings: KafkaSettings) -> Iterator[tuple[str, str]]:
    """Everything that an administrator can change, tried on every topic: (what, the broker's answer)."""
    client = AdminClient(
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
    short = [ConfigEntry("retention.ms", "1000", incremental_operation=AlterConfigOpType.SET)]
    settings_of = [ConfigResource(ConfigResource.Type.TOPIC, name, incremental_configs=short) for name in TOPICS]
    everything = AclBinding(
        ResourceType.TOPIC,
        "*",
        ResourcePatternType.LITERAL,
        f"User:{settings.username}",
        "*",
        AclOperation.ALL,
        AclPermissionType.ALLOW,
    )
    password = UserScramCredentialUpsertion("admin", ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), b"known")
    asked: dict[str, dict[Any, Future[Any]]] = {
        "add partitions": client.create_partitions([NewPartitions(name, 9) for name in TOPICS]),
        "change settings": client.incremental_alter_configs(settings_of),
        "delete records": client.delete_records([TopicPartition(name, 0, 1) for name in TOPICS]),
        "delete topic": client.delete_topics(list(TOPICS)),
        "create topic": client.create_topics([NewTopic("mailbox.kh-nobody.v1", 1, 1)]),
        "grant": client.create_acls([everything]),
        "set a password": client.alter_user_scram_credentials([password]),
    }
    for what, futures in asked.items():
        for subject, future in futures.items():
            try:
                future.result(20)
                answer = "done"
            except KafkaException as error:
                answer = str(getattr(error.args[0], "name", str)())
            yield f"{what}: {subject}", answer


async def test_the_broker_holds_exactly_the_rights_that_are_listed(
    cluster: Endpoints, passwords: dict[str, str]
) -> None:
    listed = {
        (principal, grant.name, grant.operation)
        for principal in PRINCIPALS
        for grant in grants(principal, AGENCIES, replay=True)
    }
    assert Admin(cluster.admin()).rights() == listed


async def test_the_clients_that_are_used_work_with_these_rights(kafka_as: As) -> None:
    agency, service = kafka_as("kh-mosvy"), kafka_as("svc-intake")
    producer = AIOKafkaProducer(**agency.aiokafka(), enable_idempotence=True)
    async with producer:
        sent = await producer.send_and_wait("justice.submissions.v1", b"facts", key=b"case", partition=1)
    async with AIOKafkaProducer(**service.aiokafka(), enable_idempotence=True) as producer:
        delivered = await producer.send_and_wait("mailbox.kh-mosvy.v1", b"facts", partition=0)
    for settings, place in ((service, sent), (agency, delivered)):
        consumer = AIOKafkaConsumer(
            place.topic, **settings.aiokafka(), group_id=f"{settings.username}.clients", auto_offset_reset="earliest"
        )
        async with consumer, asyncio.timeout(20):
            async for record in consumer:
                if (record.partition, record.offset) == (place.partition, place.offset):
                    assert record.value == b"facts"
                    break
            await consumer.commit()


@pytest.mark.parametrize("topic", ["intake.submissions.v1", "mailbox.kh-mosvy.v1"])
async def test_records_are_small_and_carry_the_brokers_time(topic: str, cluster: Endpoints, kafka_as: As) -> None:
    found = await asyncio.to_thread(Admin(cluster.admin()).configuration, topic)
    assert found["message.timestamp.type"] == "LogAppendTime"
    assert found["max.message.bytes"] == str(256 * 1024)
    assert found["retention.ms"] == str(29 * 24 * 3600 * 1000)


WRONG_DOORS: dict[str, dict[str, Any]] = {
    "neither TLS nor password": {"security_protocol": "PLAINTEXT", "ssl_context": None},
    "password without TLS": {"security_protocol": "SASL_PLAINTEXT", "ssl_context": None},
    "TLS without password": {"security_protocol": "SSL"},
    "empty password": {"sasl_plain_password": ""},
    "wrong password": {"sasl_plain_password": "wrong"},
    "unknown user": {"sasl_plain_username": "kh-nobody"},
    "another's name": {"sasl_plain_username": "svc-audit"},
    "the controller's mechanism": {"sasl_mechanism": "PLAIN"},
    "a weaker mechanism": {"sasl_mechanism": "SCRAM-SHA-256"},
}


@pytest.mark.parametrize("door", ["the right one", *WRONG_DOORS])
async def test_only_the_right_password_over_tls_opens(door: str, kafka_as: As) -> None:
    arguments = kafka_as("kh-mosvy").aiokafka()
    host, _, port = arguments.pop("bootstrap_servers").partition(":")
    arguments |= WRONG_DOORS.get(door, {})

    async def enter() -> object:
        connection = await create_conn(host, int(port), request_timeout_ms=5000, **arguments)
        try:
            return (await connection.send(MetadataRequest([]))).brokers
        finally:
            connection.close()

    if door == "the right one":
        assert await enter()
        return
    with pytest.raises((KafkaError, OSError)):
        await enter()


def test_every_service_has_a_principal_of_its_own() -> None:
    assert {f"svc-{service}" for service in SERVICES} <= set(PRINCIPALS)
    assert not {"admin", "broker", "controller"} & set(PRINCIPALS), "the servers' own super users are nobody's"
