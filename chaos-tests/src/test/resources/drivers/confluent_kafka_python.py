"""The program for confluent-kafka, librdkafka's Python face. Its commands: package io.moldau.chaos.clients."""

import sys
import threading
import time

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

FILLER = "|" + "the quick brown fox jumps over the lazy dog, " * 3
lock = threading.Lock()


def tell(event, *fields):
    with lock:
        print(event, int(time.time() * 1000), *fields, sep="\t", flush=True)


class Member:
    def __init__(self, bootstrap, group, topics):
        self.consumer = Consumer({
            "bootstrap.servers": bootstrap,
            "group.id": group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "heartbeat.interval.ms": 300,
            "session.timeout.ms": 30000,
        })
        self.topics = topics
        self.leaving = False
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        try:
            self.consumer.subscribe(self.topics, on_assign=self.on_assign, on_revoke=self.on_revoke)
            while not self.leaving:
                self.consume()
        except Exception as e:
            tell("failed", repr(e))
        finally:
            self.consumer.close()

    def consume(self):
        positions = {}
        for r in self.consumer.consume(500, timeout=0.2):
            if r.error():
                raise KafkaException(r.error())
            tell("record", r.topic(), r.partition(), r.offset(), r.key().decode(), r.value().decode().split("|")[0])
            positions[(r.topic(), r.partition())] = r.offset() + 1
        if positions:
            committed = self.consumer.commit(
                offsets=[TopicPartition(t, p, o) for (t, p), o in positions.items()], asynchronous=False)
            for tp in committed:
                tell("committed", tp.topic, tp.partition, tp.offset)

    def on_assign(self, consumer, partitions):
        tell("assigned", named(partitions))

    def on_revoke(self, consumer, partitions):
        tell("revoked", named(partitions))


def named(partitions):
    return ",".join(sorted("%s-%d" % (p.topic, p.partition) for p in partitions))


def produce(bootstrap, topic, codec, start, count):
    failures = []
    producer = Producer({
        "bootstrap.servers": bootstrap,
        "compression.type": codec,
        "linger.ms": 5,
        "enable.idempotence": True,
        "queue.buffering.max.messages": 1000000,
    })
    for i in range(start, start + count):
        producer.produce(topic, key="k%d" % (i % 100), value="%d%s" % (i, FILLER),
                         on_delivery=lambda error, _: failures.append(error) if error else None)
    left = producer.flush(60)
    if left or failures:
        return tell("failed", "%d not sent, %s" % (left, failures[:1]))
    tell("produced", count)


def main():
    bootstrap = sys.argv[1]
    member = None
    for line in sys.stdin:
        words = line.split()
        try:
            if words[0] == "produce":
                produce(bootstrap, words[1], words[2], int(words[3]), int(words[4]))
            elif words[0] == "join":
                member = Member(bootstrap, words[1], words[2].split(","))
            elif words[0] == "leave":
                member.leaving = True
                member.thread.join()
                tell("left")
        except Exception as e:
            tell("failed", repr(e))


main()
