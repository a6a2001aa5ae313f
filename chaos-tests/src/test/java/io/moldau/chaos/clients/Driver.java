package io.moldau.chaos.clients;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The command loop of a Java program under test. It knows the JDK alone, since it runs on the
/// class path of every release.
abstract class Driver {
    static final int KEYS = 100;
    static final int POLL_MS = 200;
    private static final String FILLER =
            "|" + "the quick brown fox jumps over the lazy dog, ".repeat(3);

    final String bootstrap;

    Driver(String bootstrap) {
        this.bootstrap = bootstrap;
    }

    /// Sends and returns when all are acknowledged.
    abstract void produce(String topic, String codec, long from, int count) throws Exception;

    abstract void join(String group, List<String> topics);

    abstract void leave() throws Exception;

    static String keyOf(long i) {
        return "k" + i % KEYS;
    }

    static String valueOf(long i) {
        return i + FILLER;
    }

    static String numberIn(String value) {
        return value.substring(0, value.indexOf('|'));
    }

    static void tell(String event, Object... fields) {
        var line = new StringBuilder(event).append('\t').append(System.currentTimeMillis());
        for (var field : fields) {
            line.append('\t').append(field);
        }
        synchronized (Driver.class) {
            System.out.println(line);
        }
    }

    final void obey() throws IOException {
        var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var line = commands.readLine(); line != null; line = commands.readLine()) {
            try {
                obey(line.split(" ", -1));
            } catch (Exception e) {
                tell("failed", String.valueOf(e).replace('\n', ' '));
            }
        }
        System.exit(0); // A client's threads must not keep the process.
    }

    private void obey(String[] words) throws Exception {
        switch (words[0]) {
            case "produce" -> {
                int count = Integer.parseInt(words[4]);
                produce(words[1], words[2], Long.parseLong(words[3]), count);
                tell("produced", count);
            }
            case "join" -> join(words[1], List.of(words[2].split(",", -1)));
            case "leave" -> {
                leave();
                tell("left");
            }
            default -> throw new IllegalArgumentException(words[0]);
        }
    }
}
