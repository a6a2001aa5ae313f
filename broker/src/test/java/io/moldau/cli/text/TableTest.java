package io.moldau.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void alignsTextToTheLeftAndNumbersToTheRight() {
        // given
        var table = new Table("topic", "logEndOffset", "isr");
        table.row("orders", 7, List.of(1, 2)).row("a", 12345678901234L, List.of());

        // when
        var text = table.asText(head -> head);

        // then
        assertThat(text)
                .isEqualTo(
                        """
                        TOPIC   LOG-END-OFFSET  ISR
                        orders               7  1,2
                        a       12345678901234
                        """);
    }

    @Test
    void showsWhatIsNotKnownAsADashAndAsNull() {
        // given
        var table = new Table("group", "lag").row("g", null).row("", 3);

        // when
        var text = table.asText(head -> head);
        var json = Json.of(table.asObjects());

        // then
        assertThat(text).isEqualTo("GROUP  LAG\ng        -\n-        3\n");
        assertThat(json).isEqualTo("[{\"group\":\"g\",\"lag\":null},{\"group\":\"\",\"lag\":3}]");
    }

    @Test
    void keepsARowOnItsLineWhateverIsInIt() {
        // given
        var table = new Table("client", "n").row("evil\n\u001b[31mred", 1);

        // when
        var text = table.asText(head -> head);

        // then
        assertThat(text.lines()).hasSize(2);
        assertThat(text).doesNotContain("\u001b");
    }

    @Test
    void refusesARowThatHasNotOneValueForEachColumn() {
        assertThatThrownBy(() -> new Table("a", "b").row(1)).hasMessage("1 values for 2 columns");
    }
}
