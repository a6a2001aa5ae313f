package io.moldau.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataCommand.CommitOffsets;
import io.moldau.metadata.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A submitter before a log that does what changes of leaders do to it: entries are lost, come
/// twice, come late, and of many nobody hears what became of them.
@Timeout(60)
class SubmitterTest {
    private static final int COMMANDS = 300;

    private final ExecutorService log = Executors.newSingleThreadExecutor();
    private final Ledger ledger = new Ledger();
    private final Queue<ByteString> late = new ArrayDeque<>();
    private final List<Long> decided = new ArrayList<>();
    private long index;

    @AfterEach
    void endTheLog() {
        log.shutdownNow();
    }

    private static MetadataCommand command(long number) {
        return new CommitOffsets("g", number, -1, List.of(), -1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void appliesEachCommandOnceAndInOrderWhateverBecomesOfItsEntries(long seed) {
        var random = new Random(seed);
        var submitter = new Submitter[1];
        Route hostile =
                new GatheredLog(entry -> append(entry, random, submitter[0]), () -> 0, () -> {});
        submitter[0] = new Submitter(() -> hostile);

        var outcomes = new ArrayList<CompletableFuture<Outcome>>();
        for (int number = 1; number <= COMMANDS; number++) {
            outcomes.add(submitter[0].submit(command(number)));
            if (number % 3 == 0) {
                outcomes.getLast().orTimeout(30, TimeUnit.SECONDS).join();
            }
        }
        CompletableFuture.allOf(outcomes.toArray(CompletableFuture[]::new))
                .orTimeout(30, TimeUnit.SECONDS)
                .join();

        assertThat(decided).hasSize(COMMANDS).isSorted().doesNotHaveDuplicates();
    }

    private CompletableFuture<Long> append(Message message, Random random, Submitter submitter) {
        var entry = message.getContent();
        if (log.isShutdown()) {
            return CompletableFuture.failedFuture(new QuorumUnavailableException("it is over"));
        }
        return CompletableFuture.supplyAsync(
                () -> {
                    int fate = random.nextInt(10);
                    if (!late.isEmpty() && random.nextInt(3) == 0) {
                        apply(late.remove(), submitter);
                    }
                    if (fate < 6) {
                        apply(entry, submitter);
                        return index;
                    }
                    switch (fate) {
                        case 6 -> apply(entry, submitter);
                        case 7 -> late.add(entry);
                        case 8 -> {
                            apply(entry, submitter);
                            late.add(entry);
                        }
                        default -> {
                            // It is lost.
                        }
                    }
                    throw new QuorumUnavailableException("nobody knows");
                },
                log);
    }

    /// As the state machine does it.
    private void apply(ByteString entry, Submitter submitter) {
        index++;
        var taken = new ArrayList<Batch.Part>();
        for (var part : Batch.parts(entry)) {
            if (ledger.take(part.submitter(), part.sequence())) {
                taken.add(part);
                decide(part, submitter);
            }
        }
        submitter.applied(index, taken);
    }

    private void decide(Batch.Part part, Submitter submitter) {
        for (var command : part.commands()) {
            decided.add(((CommitOffsets) command).commitTimestampMs());
        }
        var own = submitter.own(part.submitter(), part.sequence());
        if (own != null) {
            own.submissions()
                    .forEach(submission -> submission.future().complete(new Outcome.Done()));
        }
    }
}
