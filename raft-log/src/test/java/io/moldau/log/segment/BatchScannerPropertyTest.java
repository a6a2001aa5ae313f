package io.moldau.log.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.log.batch.BatchLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/// A scanner steps over batches of all sizes, whether many fit into its memory or none does.
class BatchScannerPropertyTest {
    private static final int SCRATCH_BYTES = 8 * 1024;
    private static final int LENGTH_AT = 8;
    private static final int MAGIC_AT = 16;

    @Provide
    Arbitrary<List<Integer>> sizes() {
        var small = Arbitraries.integers().between(BatchLayout.HEADER_BYTES, 700);
        var any = Arbitraries.integers().between(BatchLayout.HEADER_BYTES, 4 * SCRATCH_BYTES);
        return Arbitraries.oneOf(
                small.list().ofMaxSize(60), any.list().ofMaxSize(20), small.list().ofMaxSize(3));
    }

    @Property(tries = 200)
    void stepsFromBatchToBatch(@ForAll("sizes") List<Integer> sizes) {
        var file = new CountedFile(file(sizes));

        assertThat(steps(file, sizes.size() + 1)).isEqualTo(expected(sizes));
        assertThat(file.reads).isLessThanOrEqualTo(sizes.size() + 1);
    }

    @Property(tries = 200)
    void saysThatTheFileEndsWithinABatch(
            @ForAll("sizes") List<Integer> sizes, @ForAll @IntRange(min = 1, max = 60) int cut) {
        if (sizes.isEmpty()) {
            return;
        }
        var bytes = file(sizes);
        var file = new CountedFile(bytes.slice(0, bytes.limit() - cut));
        var scanner = scanner(file, bytes.limit() - cut);

        for (int i = 0; i < sizes.size() - 1; i++) {
            assertThat(scanner.next()).isTrue();
        }
        assertThat(scanner.next()).isFalse();
        assertThat(scanner.flaw()).isNotNull();
        assertThat(scanner.position()).isEqualTo(bytes.limit() - sizes.getLast());
    }

    private static List<String> steps(CountedFile file, int stepsMax) {
        var scanner = scanner(file, file.bytes.limit());
        var seen = new ArrayList<String>();
        for (int i = 0; i < stepsMax && scanner.next(); i++) {
            seen.add(
                    "%d at %d, %d bytes"
                            .formatted(
                                    scanner.baseOffset(), scanner.position(), scanner.sizeBytes()));
        }
        assertThat(scanner.flaw()).isNull();
        return seen;
    }

    private static List<String> expected(List<Integer> sizes) {
        var expected = new ArrayList<String>();
        int position = 0;
        for (int size : sizes) {
            expected.add("%d at %d, %d bytes".formatted(expected.size(), position, size));
            position += size;
        }
        return expected;
    }

    private static BatchScanner scanner(CountedFile file, int end) {
        return new BatchScanner(file, ByteBuffer.allocate(SCRATCH_BYTES), 0, end, false);
    }

    private static ByteBuffer file(List<Integer> sizes) {
        var bytes = ByteBuffer.allocate(sizes.stream().mapToInt(Integer::intValue).sum());
        int at = 0;
        for (int i = 0; i < sizes.size(); i++) {
            bytes.putLong(at, i);
            bytes.putInt(at + LENGTH_AT, sizes.get(i) - BatchLayout.PREFIX_BYTES);
            bytes.put(at + MAGIC_AT, BatchLayout.MAGIC);
            at += sizes.get(i);
        }
        return bytes;
    }

    private static final class CountedFile implements ByteSource {
        private final ByteBuffer bytes;
        private int reads;

        private CountedFile(ByteBuffer bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read(ByteBuffer target, long position) {
            reads++;
            int count = Math.min(target.remaining(), bytes.limit() - (int) position);
            target.put(bytes.slice((int) position, count));
            return count;
        }
    }
}
