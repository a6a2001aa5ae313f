"""A producer and consumer of another library, led line by line over standard input.

    send TOPIC PARTITION VALUE...        -> sent (OFFSET | - | !)... [# what went wrong]
    assign TOPIC:PARTITION:OFFSET...     -> assigned
    poll MILLISECONDS                    -> polled TOPIC:PARTITION:OFFSET=VALUE...
    quit

An offset of - is unknown, ! is certainly not kept. Anything that goes wrong otherwise: failed REASON.
The history is written by whoever leads it.
"""
import sys

RECORD_BYTES = 100
DELIVERY_TIMEOUT_MS = 60000


def record(value):
    return value.ljust(RECORD_BYTES).encode()


class Librdkafka:
    def __init__(self, bootstrap, name):
        import confluent_kafka

        self.lib = confluent_kafka
        self.version = "librdkafka %s, confluent_kafka %s" % (
            confluent_kafka.libversion()[0], confluent_kafka.version()[0])
        common = {"bootstrap.servers": bootstrap, "client.id": name, "log_level": 0,
                  "reconnect.backoff.max.ms": 500, "topic.metadata.refresh.interval.ms": 10000}
        self.producer_settings = dict(common, **{
            "acks": "all", "enable.idempotence": True, "linger.ms": 0,
            "message.timeout.ms": DELIVERY_TIMEOUT_MS})
        self.consumer_settings = dict(common, **{
            "group.id": name, "enable.auto.commit": False, "auto.offset.reset": "earliest",
            "check.crcs": True})
        self.producer = None
        self.consumer = None

    def send(self, topic, partition, values):
        if self.producer is None:
            self.producer = self.lib.Producer(self.producer_settings)
        answers = ["-"] * len(values)
        errors = []

        def answered(place):
            def callback(error, message):
                if error is None:
                    answers[place] = str(message.offset())
                else:
                    errors.append(str(error))
            return callback

        for place, value in enumerate(values):
            try:
                self.producer.produce(topic, record(value), partition=partition, on_delivery=answered(place))
            except (BufferError, self.lib.KafkaException) as e:
                answers[place] = "!"
                errors.append(str(e))
        self.producer.flush(DELIVERY_TIMEOUT_MS / 1000 + 10)
        return answers, errors

    def assign(self, places):
        if self.consumer is None:
            self.consumer = self.lib.Consumer(self.consumer_settings)
        self.consumer.assign([self.lib.TopicPartition(t, p, o) for t, p, o in places])

    def poll(self, ms):
        for message in self.consumer.consume(500, ms / 1000):
            if message.error() is None:
                yield message.topic(), message.partition(), message.offset(), message.value()


class KafkaPython:
    def __init__(self, bootstrap, name):
        import kafka

        self.lib = kafka
        self.version = "kafka-python %s" % kafka.__version__
        self.bootstrap = bootstrap.split(",")
        self.name = name
        self.producer = None
        self.consumer = None

    def new_producer(self):
        # Without idempotence nothing is sent twice: a lost answer stays one.
        return self.lib.KafkaProducer(
            bootstrap_servers=self.bootstrap, client_id=self.name, acks="all", retries=0,
            max_in_flight_requests_per_connection=1, max_block_ms=5000, metadata_max_age_ms=10000)

    def send(self, topic, partition, values):
        if self.producer is None:
            self.producer = self.new_producer()
        answers = ["-"] * len(values)
        errors = []
        futures = []
        for place, value in enumerate(values):
            try:
                futures.append((place, self.producer.send(topic, record(value), partition=partition)))
            except Exception as e:
                answers[place] = "!"
                errors.append(repr(e))
        for place, future in futures:
            try:
                answers[place] = str(future.get(timeout=DELIVERY_TIMEOUT_MS / 1000).offset)
            except Exception as e:
                errors.append(repr(e))
        return answers, errors

    def assign(self, places):
        if self.consumer is None:
            self.consumer = self.lib.KafkaConsumer(
                bootstrap_servers=self.bootstrap, client_id=self.name, enable_auto_commit=False,
                auto_offset_reset="earliest", metadata_max_age_ms=10000)
        partitions = [self.lib.TopicPartition(t, p) for t, p, _ in places]
        self.consumer.assign(partitions)
        for partition, (_, _, offset) in zip(partitions, places):
            self.consumer.seek(partition, offset)

    def poll(self, ms):
        for partition, records in self.consumer.poll(timeout_ms=ms).items():
            for r in records:
                yield partition.topic, partition.partition, r.offset, r.value


def answer(client, line):
    words = line.split()
    if words[0] == "send":
        answers, errors = client.send(words[1], int(words[2]), words[3:])
        tail = " # " + errors[0].replace("\n", " ") if errors else ""
        return "sent " + " ".join(answers) + tail
    if words[0] == "assign":
        places = [word.rsplit(":", 2) for word in words[1:]]
        client.assign([(t, int(p), int(o)) for t, p, o in places])
        return "assigned"
    found = client.poll(int(words[1]))
    return "polled " + " ".join("%s:%d:%d=%s" % (t, p, o, v.decode().strip()) for t, p, o, v in found)


def main():
    library, bootstrap, name = sys.argv[1:4]
    try:
        client = {"librdkafka": Librdkafka, "kafka-python": KafkaPython}[library](bootstrap, name)
    except ImportError as e:
        print("missing %s" % e, flush=True)
        return
    print("ready %s" % client.version, flush=True)
    for line in sys.stdin:
        if line.strip() == "quit":
            return
        try:
            print(answer(client, line), flush=True)
        except Exception as e:
            print("failed %s" % repr(e).replace("\n", " "), flush=True)


if __name__ == "__main__":
    main()
