package io.moldau.chaos.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moldau.chaos.run.ForeignNodes.Verb;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForeignNodesTest {
    @Test
    void aCommandIsToldWhichNode(@TempDir Path folder) {
        // given
        var nodes = nodes(Map.of(Verb.KILL, "echo {id} > " + folder.resolve("killed-{id}")));

        // when
        nodes.kill(2);

        // then
        assertThat(folder.resolve("killed-2")).hasContent("2");
        assertThat(nodes.can(Verb.KILL)).isTrue();
        assertThat(nodes.can(Verb.PAUSE)).isFalse();
    }

    @Test
    void aCommandThatFailsIsQuoted() {
        var nodes = nodes(Map.of(Verb.STOP, "exit 3"));

        assertThatThrownBy(() -> nodes.stop(1)).hasMessage("'exit 3' ended with status 3");
    }

    private static ForeignNodes nodes(Map<Verb, String> commands) {
        return new ForeignNodes("127.0.0.1:1", List.of(3, 1, 2), commands);
    }
}
