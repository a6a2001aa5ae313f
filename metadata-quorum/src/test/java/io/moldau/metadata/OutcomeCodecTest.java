package io.moldau.metadata;

import static io.moldau.metadata.Images.id;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OutcomeCodecTest {
    private static final PartitionImage PARTITION =
            new PartitionImage(
                    -1,
                    4,
                    7,
                    List.of(3, 1, 2),
                    List.of(),
                    List.of(1),
                    List.of(2),
                    List.of(3),
                    List.of(2));

    static Stream<Outcome> outcomes() {
        return Stream.of(
                new Outcome.Refused(Errors.INELIGIBLE_REPLICA, "no"),
                new Outcome.Done(),
                new Outcome.NodeRegistered(Long.MAX_VALUE),
                new Outcome.TopicPlaced(new TopicImage(id(1), "t", List.of(PARTITION))),
                new Outcome.ProducerIdsAllocated(5000, 1000),
                new Outcome.OffsetsCommitted(List.of(id(4))),
                new Outcome.IsrChanged(PARTITION),
                new Outcome.ShutdownBegun(3),
                new Outcome.PartitionsAnswered(
                        List.of(
                                new Outcome.PartitionAnswer("t", 0, Errors.NONE, null),
                                new Outcome.PartitionAnswer(
                                        "t", 1, Errors.ELECTION_NOT_NEEDED, "leads"))));
    }

    @ParameterizedTest
    @MethodSource("outcomes")
    void whatIsDecodedIsWhatWasEncoded(Outcome outcome) throws Exception {
        var bytes = OutcomeCodec.encode(outcome).toByteArray();

        assertThat(OutcomeCodec.decode(io.moldau.proto.cluster.Outcome.parseFrom(bytes)))
                .isEqualTo(outcome);
    }
}
