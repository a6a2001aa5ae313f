package io.moldau.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// `kafka-console-producer …` as `moldau produce …`, `kafka-console-consumer …` as `moldau consume
/// …`.
final class KafkaConsoleLine {
    private static final String TAB = "\t";

    private final KafkaLine line;
    private final Map<String, String> properties = new HashMap<>();

    KafkaConsoleLine(KafkaLine line) {
        this.line = line;
        for (var flag : line.flags()) {
            switch (flag.name()) {
                case "--property", "--reader-property", "--formatter-property" -> {
                    int equals = flag.value().indexOf('=');
                    properties.put(
                            flag.value().substring(0, Math.max(0, equals)),
                            flag.value().substring(equals + 1));
                }
                default -> {}
            }
        }
    }

    List<String> produce() {
        var translated = new ArrayList<>(List.of("produce", line.value("--topic").orElseThrow()));
        if (isTrue("parse.key")) {
            translated.addAll(List.of("-K", properties.getOrDefault("key.separator", TAB)));
        }
        for (var flag : line.flags()) {
            switch (flag.name()) {
                case "--topic", "--property", "--reader-property", "--sync", "--line-reader" -> {}
                case "--compression-codec" -> translated.addAll(List.of("-z", codec(flag)));
                case "--request-required-acks" ->
                        translated.addAll(List.of("-X", "acks=" + flag.value()));
                default -> KafkaLine.addShared(translated, flag);
            }
        }
        return translated;
    }

    private static String codec(KafkaLine.Flag flag) {
        return flag.value().isEmpty() ? "gzip" : flag.value();
    }

    List<String> consume() {
        var translated = new ArrayList<>(List.of("consume", line.value("--topic").orElseThrow()));
        boolean inGroup = line.has("--group");
        if (!inGroup && !line.has("--offset")) {
            translated.addAll(List.of("-o", line.has("--from-beginning") ? "beginning" : "end"));
        } else if (inGroup) {
            translated.addAll(List.of("-G", line.value("--group").orElseThrow()));
            if (!line.has("--from-beginning")) {
                translated.addAll(List.of("-X", "auto.offset.reset=latest"));
            }
        }
        var format = format();
        if (!format.equals("%s\\n")) {
            translated.addAll(List.of("-f", format));
        }
        for (var flag : line.flags()) {
            switch (flag.name()) {
                case "--topic",
                        "--group",
                        "--from-beginning",
                        "--property",
                        "--formatter-property" -> {}
                case "--offset" -> translated.addAll(List.of("-o", place(flag.value())));
                case "--partition" -> translated.addAll(List.of("-p", flag.value()));
                case "--max-messages" -> translated.addAll(List.of("-c", flag.value()));
                case "--timeout-ms" -> translated.add("-e");
                default -> KafkaLine.addShared(translated, flag);
            }
        }
        return translated;
    }

    private static String place(String offset) {
        return switch (offset) {
            case "earliest" -> "beginning";
            case "latest" -> "end";
            default -> offset;
        };
    }

    private String format() {
        var separator =
                properties
                        .getOrDefault("key.separator", TAB)
                        .replace("%", "%%")
                        .replace("\t", "\\t");
        var fields = new ArrayList<String>();
        if (isTrue("print.timestamp")) {
            fields.add("CreateTime:%T");
        }
        if (isTrue("print.partition")) {
            fields.add("Partition:%p");
        }
        if (isTrue("print.offset")) {
            fields.add("Offset:%o");
        }
        if (isTrue("print.headers")) {
            fields.add("%h");
        }
        if (isTrue("print.key")) {
            fields.add("%k");
        }
        if (!"false".equals(properties.get("print.value"))) {
            fields.add("%s");
        }
        return String.join(separator, fields) + "\\n";
    }

    private boolean isTrue(String property) {
        return "true".equals(properties.get(property));
    }
}
