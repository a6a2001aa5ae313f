package io.moldau.broker.net;

import static io.moldau.broker.net.Frames.metadata;
import static io.moldau.broker.net.Frames.withLength;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.moldau.broker.api.ApiVersionsHandler;
import io.moldau.broker.api.BrokerFeatures;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What each case does was looked up in a Kafka 4.3.1 on the wire.
final class EndpointBadInputTest {
    private static final int FRAME_BYTES_MAX = 10_000;

    static Stream<Arguments> refused() {
        return Stream.of(
                arguments("negative length", length(-1)),
                arguments("the largest length", length(Integer.MAX_VALUE)),
                arguments("length just over the limit", length(FRAME_BYTES_MAX + 1)),
                arguments("empty frame", length(0)),
                arguments("frame shorter than a header", withLength(new byte[3])),
                arguments("header cut off", withLength(new byte[] {0, 3, 0, 9, 0, 0})),
                arguments("unknown key", header(500, 0)),
                arguments("negative key", header(-1, 0)),
                arguments("key that exists no more", header(4, 0)),
                arguments("key of the controller", header(52, 0)),
                arguments("unknown version", header(3, 99)),
                arguments("negative version", header(3, -1)),
                arguments("version that is advertised and yet refused", header(0, 2)),
                arguments("body cut off", header(3, 1)),
                arguments("more elements than bytes", header(3, 1, 0x7f, 0xff, 0xff, 0xff)),
                arguments("an HTTP request", "GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII)));
    }

    private static byte[] length(int length) {
        return ByteBuffer.allocate(4).putInt(length).array();
    }

    private static byte[] header(int key, int version, int... body) {
        var content =
                ByteBuffer.allocate(10 + body.length)
                        .putShort((short) key)
                        .putShort((short) version)
                        .putInt(1)
                        .putShort((short) -1);
        Arrays.stream(body).forEach(b -> content.put((byte) b));
        return withLength(content.array());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void closesTheConnectionAfterAnsweringWhatCameBefore(String what, byte[] bytes) {
        try (var broker = start()) {
            // given
            var client = broker.client();

            // when
            client.send(metadata(1), bytes);

            // then
            assertThat(client.receiveCorrelationId()).isEqualTo(1);
            assertThat(client.isClosedByBroker()).isTrue();
        }
    }

    private static EndpointFixture start() {
        return EndpointFixture.start(
                config -> config.withRequestBytesMax(FRAME_BYTES_MAX),
                Toy.prompt(ApiKeys.METADATA),
                Toy.prompt(ApiKeys.PRODUCE));
    }

    @Test
    void answersTheRequestUnderWayBeforeItClosesOnGarbage() throws InterruptedException {
        var lookups = new LinkedBlockingQueue<CompletableFuture<Object>>();
        var lookup =
                new Toy<MetadataRequestData, MetadataResponseData>(
                        ApiKeys.METADATA,
                        (_, _) -> {
                            var gate = new CompletableFuture<>();
                            lookups.add(gate);
                            return gate.thenApply(_ -> new MetadataResponseData());
                        });
        try (var broker = EndpointFixture.start(lookup)) {
            // given
            var client = broker.client();
            client.send(metadata(1), length(-5));

            // when
            lookups.take().complete("go");

            // then
            assertThat(client.receiveCorrelationId()).isEqualTo(1);
            assertThat(client.isClosedByBroker()).isTrue();
        }
    }

    @Test
    void ignoresBytesBehindAWellFormedRequest() {
        try (var broker = start()) {
            // given
            var whole = metadata(1);
            var content = Arrays.copyOfRange(whole, 4, whole.length + 7);
            var client = broker.client();

            // when
            client.send(withLength(content), metadata(2));

            // then
            assertThat(client.receiveCorrelationId()).isEqualTo(1);
            assertThat(client.receiveCorrelationId()).isEqualTo(2);
        }
    }

    /// APIS.md, trap 1.
    @Test
    void answersAnUnknownVersionOfApiVersionsAtVersionZero() {
        var versions =
                new ApiVersionsHandler(
                        List.of(Toy.prompt(ApiKeys.METADATA)), BrokerFeatures::none, () -> "c", 1);
        try (var broker = EndpointFixture.start(versions)) {
            // given
            var client = broker.client();

            // when
            client.send(header(18, 99, 0, 1, 2, 3));
            var answer =
                    Frames.answer(new ApiVersionsResponseData(), 0, client.receive().orElseThrow());
            client.send(Frames.frame(ApiKeys.API_VERSIONS, 0, 2, new ApiVersionsRequestData()));

            // then
            assertThat(answer.errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
            assertThat(answer.apiKeys()).hasSize(1);
            assertThat(answer.apiKeys().find(ApiKeys.API_VERSIONS.id).maxVersion())
                    .isEqualTo((short) 5);
            assertThat(client.receiveCorrelationId()).isEqualTo(2);
        }
    }

    /// APIS.md, trap 1: the client cannot know yet whether the broker is one that writes tags.
    @Test
    void neverTagsTheHeaderOfApiVersions() {
        var versions = new ApiVersionsHandler(List.of(), BrokerFeatures::none, () -> "c", 1);
        try (var broker = EndpointFixture.start(versions)) {
            // given
            var client = broker.client();
            var request =
                    new ApiVersionsRequestData()
                            .setClientSoftwareName("toy")
                            .setClientSoftwareVersion("1.0");

            // when
            client.send(Frames.frame(ApiKeys.API_VERSIONS, 3, 9, request));
            var content = client.receive().orElseThrow();

            // then
            assertThat(content.getInt(0)).isEqualTo(9);
            assertThat(content.getShort(4)).isEqualTo(Errors.NONE.code());
            assertThat(content.get(6)).isEqualTo((byte) 2); // One element, in compact notation.
        }
    }

    /// APIS.md, trap 7: a few bytes must not make the decoder reserve a gigabyte.
    @Test
    void refusesAnArrayOfMoreThanAMillionElements() {
        var reached = new AtomicInteger();
        var lookup =
                new Toy<MetadataRequestData, MetadataResponseData>(
                        ApiKeys.METADATA,
                        (_, _) -> {
                            reached.incrementAndGet();
                            return CompletableFuture.completedFuture(new MetadataResponseData());
                        });
        try (var broker = EndpointFixture.start(lookup)) {
            // given
            int elements = 1_000_001;
            var content = ByteBuffer.allocate(14 + 2 * elements); // As many empty names.
            content.putShort((short) 3).putShort((short) 1).putInt(1).putShort((short) -1);
            content.putInt(elements);
            var client = broker.client();

            // when
            client.send(withLength(content.array()));

            // then
            assertThat(client.isClosedByBroker()).isTrue();
            assertThat(reached).hasValue(0);
        }
    }

    /// APIS.md, trap 7.
    @Test
    void refusesMoreThanTenThousandTaggedFields() {
        try (var broker = EndpointFixture.start(Toy.prompt(ApiKeys.METADATA))) {
            // given
            int tags = 10_001;
            var content = ByteBuffer.allocate(14 + 4 * tags);
            content.putShort((short) 3).putShort((short) 9).putInt(1).putShort((short) -1);
            varint(content, tags);
            for (int tag = 0; tag < tags; tag++) {
                varint(content, tag);
                content.put((byte) 0); // No content.
            }
            var client = broker.client();

            // when
            client.send(withLength(Arrays.copyOf(content.array(), content.position())));

            // then
            assertThat(client.isClosedByBroker()).isTrue();
        }
    }

    private static void varint(ByteBuffer out, int value) {
        int rest = value;
        while (rest > 0x7f) {
            out.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }
}
