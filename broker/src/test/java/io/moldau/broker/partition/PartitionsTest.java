package io.moldau.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartitionsTest {
    @TempDir private Path folder;
    private PartitionsFixture fixture;

    @BeforeEach
    void open() {
        fixture = new PartitionsFixture(folder);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void entriesThatChangeNothingAreSeenWithThoseBeforeThem() {
        // given
        fixture.createTopic("t", 1);
        var followed = fixture.partitions().image();

        // when
        var newest = followed.at(followed.appliedIndex() + 5);

        // then
        assertThat(fixture.partitions().visibleIndex(newest)).isEqualTo(newest.appliedIndex());
    }

    @Test
    void aChangeIsNotSeenBeforeThePartitionsFollowIt() {
        // given
        fixture.createTopic("t", 1);
        var followed = fixture.partitions().image();

        // when
        var newest = followed.withController(7).at(followed.appliedIndex() + 5);

        // then
        assertThat(fixture.partitions().visibleIndex(newest)).isEqualTo(followed.appliedIndex());
    }
}
