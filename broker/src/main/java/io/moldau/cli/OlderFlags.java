package io.moldau.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Flags of Kafka's own tools, answered with the line to type here.
///
/// Every tutorial of the last ten years has some of them: `--zookeeper` and `--broker-list` went
/// with Kafka 4, `--partition` where `--partitions` is meant never was one.
final class OlderFlags {
    private static final String DEFAULT_BOOTSTRAP = "localhost:9092";

    private OlderFlags() {}

    /// @param args of `moldau`, as they could not be understood
    /// @return a sentence that ends with the line to type; empty when this is no older flag
    static Optional<String> advice(List<String> args) {
        var line = new KafkaLine(args);
        if (line.has("--zookeeper")) {
            return Optional.of(
                    "--zookeeper went with Kafka 4, and there is no ZooKeeper here. Type: "
                            + rewritten(args, "--zookeeper"));
        }
        if (line.has("--broker-list")) {
            return Optional.of(
                    "--broker-list is called --bootstrap-server (-b) now. Type: "
                            + rewritten(args, "--broker-list"));
        }
        if (line.has("--partition") && args.contains("topics")) {
            return Optional.of(
                    "--partition is no option here. Did you mean --partitions? Type: "
                            + translated(replaced(args, "--partition", "--partitions")));
        }
        return line.hasAction()
                ? Optional.of("That is how Kafka's own tools are called. Type: " + translated(args))
                : Optional.empty();
    }

    private static String rewritten(List<String> args, String flag) {
        boolean address = flag.equals("--broker-list");
        var kept = new ArrayList<String>();
        for (int i = 0; i < args.size(); i++) {
            var arg = args.get(i);
            var value = arg.startsWith(flag + "=") ? arg.substring(flag.length() + 1) : null;
            if (!arg.equals(flag) && value == null) {
                kept.add(arg);
                continue;
            }
            if (value == null && i + 1 < args.size()) {
                value = args.get(++i);
            }
            kept.add("--bootstrap-server");
            kept.add(address && value != null ? value : DEFAULT_BOOTSTRAP);
        }
        return translated(kept);
    }

    private static String translated(List<String> args) {
        return joined(new KafkaLine(args).translated());
    }

    private static List<String> replaced(List<String> args, String flag, String with) {
        return args.stream().map(arg -> arg.equals(flag) ? with : arg).toList();
    }

    private static String joined(List<String> args) {
        return "moldau " + String.join(" ", args.stream().map(OlderFlags::quoted).toList());
    }

    private static String quoted(String arg) {
        return arg.matches("[\\w@%+=:,./-]+") ? arg : "'" + arg.replace("'", "'\\''") + "'";
    }
}
