package io.moldau.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaLineTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kafka-topics.sh --create --topic t --partitions 3 --replication-factor 1 --bootstrap-server h:1"
                        + "| topics create t --partitions 3 --replication-factor 1 --bootstrap-server h:1",
                "kafka-topics --list --bootstrap-server=h:1 | topics list --bootstrap-server h:1 --internal",
                "kafka-topics --describe | topics describe",
                "kafka-topics --topic a,b --delete | topics delete a b",
                "kafka-topics --alter --topic t --partitions 5 | topics alter t --partitions 5",
                "topics --create --topic t --config retention.ms=1 | topics create t --config retention.ms=1",
                "kafka-consumer-groups --describe --group g | groups describe g",
                "kafka-consumer-groups --reset-offsets --to-earliest --execute --group g --topic t"
                        + "| groups reset-offsets g --to earliest --execute --topic t",
                "kafka-consumer-groups --reset-offsets --shift-by -2 --group g --topic t:0,1"
                        + "| groups reset-offsets g --to -2 --topic t:0,1",
                "kafka-consumer-groups --reset-offsets --shift-by 2 --group g --all-topics"
                        + "| groups reset-offsets g --to +2",
                "kafka-configs --entity-type topics --entity-name t --describe | configs describe topic t",
                "kafka-configs --entity-type topics --entity-name t --alter --add-config a=1,b=[x,y]"
                        + "| configs set topic t a=1 b=x,y",
                "kafka-configs --topic t --alter --delete-config a,b | configs delete topic t a b",
                "kafka-configs --entity-type brokers --entity-default --describe | configs describe brokers",
                "kafka-console-producer --topic t --broker-list h:1 --producer-property acks=all"
                        + "| produce t --bootstrap-server h:1 -X acks=all",
                "kafka-console-producer --topic t --property parse.key=true --property key.separator=:"
                        + "| produce t -K :",
                "kafka-console-consumer --topic t --from-beginning | consume t -o beginning",
                "kafka-console-consumer --topic t --max-messages 3 | consume t -o end -c 3",
                "kafka-console-consumer --topic t --group g | consume t -G g -X auto.offset.reset=latest",
                "kafka-console-consumer --topic t --group g --from-beginning | consume t -G g",
                "kafka-console-consumer --topic t --from-beginning --property print.key=true --property key.separator=:"
                        + "| consume t -o beginning -f %k:%s\\n",
            })
    void turnsKafkasLineIntoOurs(String kafkas, String ours) {
        assertThat(new KafkaLine(List.of(kafkas.split(" ", -1))).translated())
                .isEqualTo(List.of(ours.split(" ", -1)));
    }

    @Test
    void leavesOurOwnLinesAlone() {
        var line = List.of("topics", "create", "orders", "--partitions", "3");

        assertThat(new KafkaLine(line).translated()).isEqualTo(line);
    }

    @Test
    void saysWhichFlagHasNoCounterpart() {
        assertThatThrownBy(() ->
                        new KafkaLine(List.of("kafka-topics", "--list", "--frobnicate", "1"))
                                .translated())
                .hasMessage("--frobnicate has no counterpart here; see: moldau topics --help");
    }
}
