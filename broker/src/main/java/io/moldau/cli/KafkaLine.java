package io.moldau.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A command line as Kafka's own tools take it, and the same as `moldau` takes it.
///
/// `kafka-topics --create --topic orders --partitions 3` becomes `topics create orders --partitions
/// 3`. The first word may be the tool, with or without `.sh`, or our command.
final class KafkaLine {
    private static final Map<String, String> COMMANDS =
            Map.of(
                    "kafka-topics", "topics",
                    "kafka-consumer-groups", "groups",
                    "kafka-groups", "groups",
                    "kafka-configs", "configs",
                    "kafka-console-producer", "produce",
                    "kafka-console-consumer", "consume");

    private static final Set<String> ACTIONS =
            Set.of("--create", "--list", "--describe", "--alter", "--delete", "--reset-offsets");

    private static final Set<String> SWITCHES =
            Set.of(
                    "--all",
                    "--all-groups",
                    "--all-topics",
                    "--dry-run",
                    "--entity-default",
                    "--execute",
                    "--from-beginning",
                    "--help",
                    "--if-exists",
                    "--if-not-exists",
                    "--members",
                    "--state",
                    "--sync",
                    "--to-earliest",
                    "--to-latest",
                    "--verbose",
                    "--version");

    /// @param value null for a switch
    record Flag(String name, String value) {}

    private final List<String> args;
    private final String command;
    private final boolean ofKafkasTool;
    private final List<Flag> flags = new ArrayList<>();

    KafkaLine(List<String> args) {
        this.args = List.copyOf(args);
        var first = args.isEmpty() ? "" : args.getFirst().replaceAll("\\.sh$", "");
        ofKafkasTool = COMMANDS.containsKey(first);
        command = COMMANDS.getOrDefault(first, first);
        for (int i = 1; i < args.size(); i++) {
            var arg = args.get(i);
            int equals = arg.indexOf('=');
            // Words without dashes are those of our own commands; Kafka's tools have none.
            if (ACTIONS.contains(arg) || SWITCHES.contains(arg)) {
                flags.add(new Flag(arg, null));
            } else if (arg.startsWith("--") && equals > 0) {
                flags.add(new Flag(arg.substring(0, equals), arg.substring(equals + 1)));
            } else if (arg.startsWith("--")) {
                flags.add(new Flag(arg, i + 1 < args.size() ? args.get(++i) : ""));
            }
        }
    }

    boolean isOfKafkasTool() {
        return ofKafkasTool;
    }

    boolean has(String flag) {
        return flags.stream().anyMatch(given -> given.name().equals(flag));
    }

    /// Whether it is worth translating: it says what to do the way Kafka's tools are told.
    boolean hasAction() {
        return switch (command) {
            case "topics", "groups", "configs" ->
                    flags.stream().anyMatch(flag -> ACTIONS.contains(flag.name()));
            case "produce", "consume" -> has("--topic");
            default -> false;
        };
    }

    /// The arguments of `moldau` that do the same; unchanged where there is nothing to translate.
    ///
    /// @throws CliException a flag that has no counterpart
    List<String> translated() {
        if (!hasAction()) {
            return ofKafkasTool ? List.of(command, "--help") : args;
        }
        return switch (command) {
            case "topics" -> topics();
            case "groups" -> groups();
            case "configs" -> new KafkaConfigsLine(this).translated();
            case "produce" -> new KafkaConsoleLine(this).produce();
            default -> new KafkaConsoleLine(this).consume();
        };
    }

    List<Flag> flags() {
        return flags;
    }

    Optional<String> value(String flag) {
        return flags.stream()
                .filter(given -> given.name().equals(flag))
                .map(Flag::value)
                .reduce((_, last) -> last);
    }

    String action() {
        return flags.stream()
                .map(Flag::name)
                .filter(ACTIONS::contains)
                .findFirst()
                .orElseThrow()
                .substring(2);
    }

    private List<String> topics() {
        var line = new ArrayList<>(List.of("topics", action()));
        value("--topic").ifPresent(names -> line.addAll(List.of(names.split(",", -1))));
        for (var flag : flags) {
            switch (flag.name()) {
                case "--topic", "--create", "--list", "--describe", "--alter", "--delete" -> {}
                case "--exclude-internal", "--if-exists", "--force" -> {}
                case "--partitions", "--replication-factor", "--config", "--delete-config" ->
                        add(line, flag);
                case "--if-not-exists" -> line.add(flag.name());
                default -> addShared(line, flag);
            }
        }
        if (action().equals("list")) {
            line.add("--internal");
        }
        return line;
    }

    private List<String> groups() {
        var line = new ArrayList<>(List.of("groups", action()));
        for (var flag : flags) {
            switch (flag.name()) {
                case "--group" -> line.add(2, flag.value());
                case "--list", "--describe", "--delete", "--reset-offsets" -> {}
                case "--members",
                        "--state",
                        "--verbose",
                        "--dry-run",
                        "--all-topics",
                        "--offsets" -> {}
                case "--topic" -> add(line, flag);
                case "--to-earliest" -> line.addAll(List.of("--to", "earliest"));
                case "--to-latest" -> line.addAll(List.of("--to", "latest"));
                case "--to-offset" -> line.addAll(List.of("--to", flag.value()));
                case "--to-datetime" -> line.addAll(List.of("--to", "@" + flag.value()));
                case "--shift-by" -> line.addAll(List.of("--to", shift(flag.value())));
                case "--execute" -> line.add(flag.name());
                default -> addShared(line, flag);
            }
        }
        return line;
    }

    private static String shift(String by) {
        return by.startsWith("-") || by.startsWith("+") ? by : "+" + by;
    }

    static void add(List<String> line, Flag flag) {
        line.add(flag.name());
        line.add(flag.value());
    }

    /// A flag that every tool of Kafka's has.
    static void addShared(List<String> line, Flag flag) {
        switch (flag.name()) {
            case "--bootstrap-server", "--command-config" -> add(line, flag);
            case "--broker-list" -> line.addAll(List.of("--bootstrap-server", flag.value()));
            case "--producer.config", "--consumer.config" ->
                    line.addAll(List.of("--command-config", flag.value()));
            case "--command-property", "--producer-property", "--consumer-property" ->
                    line.addAll(List.of("-X", flag.value()));
            case "--help" -> line.add("--help");
            default ->
                    throw CliException.usage(
                            "%s has no counterpart here; see: moldau %s --help"
                                    .formatted(flag.name(), line.getFirst()));
        }
    }
}
