package io.moldau.chaos.workload;

import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/// Names for topics that admins create and delete: each is in use for a short time and by few
/// operations, so that all of them can be judged. Any thread may ask.
final class TopicNames {
    private static final int OPERATIONS_OF_A_NAME = 12;
    private static final int NAMES_AT_ONCE = 2;

    private final String prefix;
    private final AtomicInteger operations = new AtomicInteger();

    TopicNames(String prefix) {
        this.prefix = prefix;
    }

    String next(Random random) {
        int number = operations.getAndIncrement() / (OPERATIONS_OF_A_NAME * NAMES_AT_ONCE);
        return name(number * NAMES_AT_ONCE + random.nextInt(NAMES_AT_ONCE));
    }

    private String name(int number) {
        return prefix + number;
    }

    /// All that may have been used.
    List<String> used() {
        int rounds = operations.get() / (OPERATIONS_OF_A_NAME * NAMES_AT_ONCE) + 1;
        return operations.get() == 0
                ? List.of()
                : IntStream.range(0, rounds * NAMES_AT_ONCE).mapToObj(this::name).toList();
    }
}
