package io.moldau.cli;

import java.util.ArrayList;
import java.util.List;

/// `kafka-configs …` as `moldau configs …`.
final class KafkaConfigsLine {
    private final KafkaLine line;

    KafkaConfigsLine(KafkaLine line) {
        this.line = line;
    }

    List<String> translated() {
        boolean deletes = line.has("--delete-config");
        if (deletes && line.has("--add-config")) {
            throw CliException.usage(
                    "Setting and deleting are two commands here: moldau configs set, moldau configs delete");
        }
        var translated = new ArrayList<String>();
        translated.add("configs");
        translated.add(line.action().equals("alter") ? (deletes ? "delete" : "set") : "describe");
        translated.addAll(resource());
        line.value("--add-config").ifPresent(list -> translated.addAll(settings(list)));
        line.value("--delete-config")
                .ifPresent(list -> translated.addAll(List.of(list.split(",", -1))));
        for (var flag : line.flags()) {
            switch (flag.name()) {
                case "--alter",
                        "--describe",
                        "--add-config",
                        "--delete-config",
                        "--entity-type",
                        "--entity-name",
                        "--entity-default",
                        "--topic",
                        "--broker" -> {}
                case "--all" -> translated.add("--all");
                default -> KafkaLine.addShared(translated, flag);
            }
        }
        return translated;
    }

    private List<String> resource() {
        if (line.has("--topic")) {
            return List.of("topic", line.value("--topic").orElseThrow());
        }
        if (line.has("--broker")) {
            return List.of("broker", line.value("--broker").orElseThrow());
        }
        var type = line.value("--entity-type").orElse("topics");
        var name = line.value("--entity-name");
        if (type.equals("brokers") && name.isEmpty()) {
            return List.of("brokers");
        }
        return List.of(type.replaceAll("s$", ""), name.orElse("NAME"));
    }

    /// `a=1,b=[x,y]` as `a=1` and `b=x,y`: brackets hold a value together.
    private static List<String> settings(String list) {
        var settings = new ArrayList<String>();
        for (var setting : list.split(",(?![^\\[]*\\])", -1)) {
            settings.add(setting.replaceAll("=\\[(.*)]$", "=$1"));
        }
        return settings;
    }
}
