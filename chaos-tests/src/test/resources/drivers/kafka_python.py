"""The program for kafka-python. Its commands: package io.moldau.chaos.clients."""

import sys
import threading
import time

from kafka import ConsumerRebalanceListener, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.structs import OffsetAndMetadata

FILLER = "|" + "the quick brown fox jumps over the lazy dog, " * 3
lock = threading.Lock()


def tell(event, *fields):
    with lock:
        print(event, int(time.time() * 1000), *fields, sep="\t", flush=True)


class Member(ConsumerRebalanceListener):
    def __init__(self, bootstrap, group, topics):
        self.consumer = KafkaConsumer(
            bootstrap_servers=bootstrap,
            group_id=group,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            heartbeat_interval_ms=300,
            session_timeout_ms=30000,
        )
        self.topics = topics
        self.leaving = False
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        try:
            self.consumer.subscribe(self.topics, listener=self)
            while not self.leaving:
                self.consume()
        except Exception as e:
            tell("failed", repr(e))
        finally:
            self.consumer.close(autocommit=False)

    def consume(self):
        positions = {}
        for tp, records in self.consumer.poll(timeout_ms=200).items():
            for r in records:
                tell("record", r.topic, r.partition, r.offset, r.key.decode(), r.value.decode().split("|")[0])
                positions[tp] = OffsetAndMetadata(r.offset + 1, "")
        if positions:
            self.consumer.commit(positions)
            for tp, position in positions.items():
                tell("committed", tp.topic, tp.partition, position.offset)

    def on_partitions_assigned(self, assigned):
        tell("assigned", named(assigned))

    def on_partitions_revoked(self, revoked):
        tell("revoked", named(revoked))


def named(partitions):
    return ",".join(sorted("%s-%d" % (p.topic, p.partition) for p in partitions))


def produce(bootstrap, topic, codec, start, count):
    try:
        producer = KafkaProducer(
            bootstrap_servers=bootstrap,
            compression_type=None if codec == "none" else codec,
            acks="all",
            linger_ms=5,
            max_in_flight_requests_per_connection=1,
        )
    except (AssertionError, ValueError) as e:
        return tell("cannot", str(e))
    sends = [producer.send(topic, key=b"k%d" % (i % 100), value=("%d%s" % (i, FILLER)).encode())
             for i in range(start, start + count)]
    producer.flush()
    for send in sends:
        send.get()
    producer.close()
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
