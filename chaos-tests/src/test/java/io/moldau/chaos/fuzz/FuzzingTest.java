package io.moldau.chaos.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.chaos.fuzz.FuzzTarget.BrokenByInput;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FuzzingTest {
    private static final long SOON = Long.MAX_VALUE;

    @TempDir private Path folder;

    /// A lock of four bytes, each of which is a behaviour of its own: chance alone needs four
    /// thousand million inputs, step by step it needs some thousands.
    private static final class Lock implements FuzzTarget {
        private static final byte[] CODE = "OPEN".getBytes(StandardCharsets.US_ASCII);

        @Override
        public String name() {
            return "lock";
        }

        @Override
        public byte[] fresh(Random random) {
            return new byte[4];
        }

        @Override
        public byte[] mutated(byte[] input, Random random) {
            return Mutations.broken(input, random);
        }

        @Override
        public String run(byte[] input) {
            int right = 0;
            while (right < CODE.length && right < input.length && input[right] == CODE[right]) {
                right++;
            }
            if (right == CODE.length) {
                throw new BrokenByInput("open", null);
            }
            return right + " right";
        }

        @Override
        public void close() {}
    }

    @Test
    void opensALockStepByStepAndKeepsTheKey() {
        // when
        var broken = new Fuzzing(new Lock(), Corpus.open(folder), 7).run(SOON, 2_000_000);

        // then
        assertThat(broken).isPresent();
        assertThat(broken.orElseThrow().file()).isNotEmptyFile();
    }

    @Test
    void aCorpusIsTakenUpWhereItWasLeft() {
        // given
        var first = new Fuzzing(new BatchTarget(), Corpus.open(folder), 7);
        first.run(SOON, 3_000);

        // when
        var second = new Fuzzing(new BatchTarget(), Corpus.open(folder), 8);
        second.run(SOON, 0);

        // then
        assertThat(second.corpusSize()).isEqualTo(first.corpusSize()).isGreaterThan(10);
        assertThat(second.learned()).isZero();
    }

    @Test
    void noBatchBreaksTheCheck() {
        // when
        var broken =
                new Fuzzing(new BatchTarget(), Corpus.open(folder), System.nanoTime())
                        .run(SOON, Long.getLong("fuzz.inputs", 3_000));

        // then
        assertThat(broken).isEmpty();
    }

    @Test
    void noRequestEndsABroker() {
        // given
        try (var node = NodeTarget.start(folder.resolve("data"))) {
            // when
            var broken =
                    new Fuzzing(node, Corpus.open(folder.resolve("corpus")), System.nanoTime())
                            .run(SOON, Long.getLong("fuzz.inputs", 200));

            // then
            assertThat(broken).isEmpty();
        }
    }
}
