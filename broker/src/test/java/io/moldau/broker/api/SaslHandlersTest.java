package io.moldau.broker.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What clients with SASL hear on a listener without, as a Kafka 4.3.1 says it.
final class SaslHandlersTest {
    /// APIS.md, trap 2: after a handshake at version 0 bare tokens would follow, but there is none.
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void offersNoMechanism(int version) {
        // given
        var request = new SaslHandshakeRequestData().setMechanism("PLAIN");
        var context = FakeConnection.context(ApiKeys.SASL_HANDSHAKE, version);

        // when
        var answer = new SaslHandshakeHandler().handle(context, request).join();

        // then
        assertThat(answer.errorCode()).isEqualTo(Errors.ILLEGAL_SASL_STATE.code());
        assertThat(answer.mechanisms()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void authenticatesNobody(int version) {
        // given
        var context = FakeConnection.context(ApiKeys.SASL_AUTHENTICATE, version);

        // when
        var answer =
                new SaslAuthenticateHandler()
                        .handle(context, new SaslAuthenticateRequestData())
                        .join();

        // then
        assertThat(answer.errorCode()).isEqualTo(Errors.ILLEGAL_SASL_STATE.code());
        assertThat(answer.errorMessage()).contains("PLAINTEXT");
    }
}
