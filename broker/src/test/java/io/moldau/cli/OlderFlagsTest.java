package io.moldau.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OlderFlagsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "topics --zookeeper 127.0.0.1:2181 --create --topic t --partitions 3 --replication-factor 1"
                        + "| moldau topics create t --bootstrap-server localhost:9092 --partitions 3 --replication-factor 1",
                "topics list --zookeeper 127.0.0.1:2181 | moldau topics list --bootstrap-server localhost:9092",
                "produce t --broker-list 127.0.0.1:9093 | moldau produce t --bootstrap-server 127.0.0.1:9093",
                "topics create t --partition 3 | moldau topics create t --partitions 3",
                "topics --create --topic t --partition 3 | moldau topics create t --partitions 3",
                "topics --describe --topic t | moldau topics describe t",
                "groups --describe --group 'my group' | moldau groups describe 'my group'",
            })
    void answersAnOlderFlagWithTheLineToType(String typed, String answer) {
        var words = List.of(typed.replace("'my group'", "my\u00a0group").split(" ", -1));

        var advice =
                OlderFlags.advice(words.stream().map(word -> word.replace('\u00a0', ' ')).toList());

        assertThat(advice)
                .hasValueSatisfying(sentence -> assertThat(sentence).endsWith("Type: " + answer));
    }

    @Test
    void hasNoAdviceWhereNoOlderFlagIs() {
        assertThat(OlderFlags.advice(List.of("topics", "crate", "--partitions", "3"))).isEmpty();
    }
}
