package io.moldau.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeerAddressTest {
    @ParameterizedTest
    @CsvSource({
        "node-1,      node-1,      9094",
        "node-1:7,    node-1,      7",
        "10.0.0.1:80, 10.0.0.1,    80",
        "::1,         ::1,         9094",
        "[::1]:5,     ::1,         5",
        "[::1],       ::1,         9094"
    })
    void readsHostsWithAndWithoutAPort(String text, String host, int port) {
        assertThat(PeerAddress.parse(text, 9094)).isEqualTo(new PeerAddress(host, port));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":7", "a:", "a:x", "a:70000", "[::1", "[::1]7"})
    void refusesWhatIsNoAddress(String text) {
        assertThatThrownBy(() -> PeerAddress.parse(text, 9094))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void isWrittenAsItIsRead() {
        assertThat(new PeerAddress("::1", 5)).hasToString("[::1]:5");
        assertThat(new PeerAddress("a", 5)).hasToString("a:5");
    }
}
