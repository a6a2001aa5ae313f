package io.moldau.chaos.fuzz;

import io.moldau.chaos.fuzz.FuzzTarget.BrokenByInput;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/// Throws inputs at one target until the time is over or something breaks.
final class Fuzzing {
    private final FuzzTarget target;
    private final Corpus corpus;
    private final Random random;
    private final Map<String, Integer> surprises = new LinkedHashMap<>();
    private long inputs;
    private int learned;

    Fuzzing(FuzzTarget target, Corpus corpus, long seed) {
        this.target = target;
        this.corpus = corpus;
        this.random = new Random(seed);
    }

    /// What broke, and the file that breaks it again.
    record Broken(String message, Path file, Throwable cause) {}

    /// Runs what the corpus holds, then new inputs.
    ///
    /// @param endNanos of the machine's clock
    /// @param inputsMax at most so many new ones
    /// @return what broke, empty when nothing did
    Optional<Broken> run(long endNanos, long inputsMax) {
        for (var stored : corpus.stored()) {
            var broken = run(stored);
            if (broken.isPresent()) {
                return broken;
            }
        }
        int known = corpus.size();
        for (long i = 0; i < inputsMax && System.nanoTime() < endNanos; i++) {
            var broken = run(next());
            learned = corpus.size() - known;
            if (broken.isPresent()) {
                return broken;
            }
        }
        return Optional.empty();
    }

    private byte[] next() {
        if (corpus.isEmpty() || random.nextInt(4) == 0) {
            return target.fresh(random);
        }
        return target.mutated(
                random.nextInt(4) == 0 ? target.fresh(random) : corpus.pick(random), random);
    }

    private Optional<Broken> run(byte[] input) {
        inputs++;
        try {
            var behaviour = target.run(input);
            corpus.offer(input, behaviour);
            if (NodeTarget.isSurprise(behaviour)) {
                surprises.merge(behaviour, 1, Integer::sum);
            }
            return Optional.empty();
        } catch (BrokenByInput e) {
            return Optional.of(new Broken(e.getMessage(), corpus.keepCrash(input), e.getCause()));
        }
    }

    long inputs() {
        return inputs;
    }

    /// Behaviours that the corpus did not reach before.
    int learned() {
        return learned;
    }

    int corpusSize() {
        return corpus.size();
    }

    /// Answers that say no more than that something went wrong, and how often.
    Map<String, Integer> surprises() {
        return surprises;
    }
}
