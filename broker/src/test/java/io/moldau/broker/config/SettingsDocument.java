package io.moldau.broker.config;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;

/// Writes `docs/settings.md` out of the tables.
final class SettingsDocument {
    private static final String HEAD =
            """
            # Settings

            Written by the tests out of the tables in `io.moldau.broker.config`; change it there.

            Settings have Kafka's names. They come from the defaults, then the file given with
            `--config`, then the environment (`KAFKA_…` and `KAFKA_CFG_…`, in which `_` is a dot, `__` an
            underscore and `___` a dash; `MOLDAU_…` for the settings that Kafka does not have), then
            `--override key=value`; a later source wins. Containers that set `KAFKA_ADVERTISED_LISTENERS`
            and no listeners listen on the advertised ports, on every interface. `CLUSTER_ID` sets
            `moldau.cluster.id`, `MOLDAU_JOIN` sets `cluster.join`.

            A value that cannot be followed stops the start with one sentence. A key without effect gives one
            warning and no failure. *Changes* says whether `kafka-configs.sh` can change a setting while the
            broker runs: *read-only*, or *cluster-wide* (for all nodes, or for one).
            """;

    private SettingsDocument() {}

    static String text() {
        StringBuilder text = new StringBuilder(HEAD);
        broker(text, "The node and its data", NodeSettings.ALL);
        broker(text, "Disks", DiskSettings.ALL);
        broker(text, "The node among others", ClusterSettings.ALL);
        broker(text, "Listeners, sockets, threads", NetworkSettings.ALL);
        broker(text, "Topics", LogSettings.TOPICS);
        broker(text, "Records", LogSettings.RECORDS);
        broker(text, "Segments", LogSettings.SEGMENTS);
        broker(text, "Retention", LogSettings.RETENTION);
        broker(text, "Flushing", LogSettings.FLUSHING);
        broker(
                text,
                "Compaction",
                Stream.concat(CleanerSettings.WORK.stream(), CleanerSettings.TOPICS.stream())
                        .toList());
        broker(text, "Groups, offsets, producers", GroupSettings.ALL);
        topics(text);
        withoutEffect(text);
        return text.toString();
    }

    private static void broker(StringBuilder text, String title, List<Setting> settings) {
        text.append("\n## ").append(title).append("\n\n");
        text.append("| Setting | Default | Allowed | Changes | |\n|---|---|---|---|---|\n");
        for (Setting setting : settings) {
            row(
                    text,
                    code(setting.name()),
                    defaultOf(setting),
                    allowed(setting),
                    setting.updateMode().toString(),
                    words(setting));
        }
    }

    private static void topics(StringBuilder text) {
        text.append("\n## A topic's own settings\n\n");
        text.append(
                "What a topic does not set comes from the broker's settings in the last column,");
        text.append(" the first that is set.\n\n");
        text.append("| Setting | Default | Allowed | | From |\n|---|---|---|---|---|\n");
        for (TopicSetting topic : SettingTable.topic()) {
            row(
                    text,
                    code(topic.name()),
                    defaultOf(topic.setting()),
                    allowed(topic.setting()),
                    words(topic.setting()),
                    topic.synonymNames().stream()
                            .map(SettingsDocument::code)
                            .collect(Collectors.joining(", ")));
        }
    }

    private static void withoutEffect(StringBuilder text) {
        text.append("\n## Kafka's settings without effect\n\n");
        text.append(
                "Each gives one warning when it is set.\n\n"
                        + "| Settings | What the warning says |\n"
                        + "|---|---|\n");
        KafkaKeys.byReason().forEach((why, names) -> row(text, codes(names), why));
        Map<String, Set<String>> stray =
                Map.of("is obsolete and has no effect", StrayKeys.obsolete());
        stray.forEach((why, names) -> row(text, codes(names), why));
        row(text, code("zookeeper.*"), "is not needed: the metadata quorum is built in");
        text.append('\n');
        text.append(
                "`authorizer.class.name` stops the start: whoever asks for access control must");
        text.append(" not get a broker that is open to everyone.\n");
    }

    private static void row(StringBuilder text, String... cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private static String defaultOf(Setting setting) {
        // The machine's, so it must not stand in a document.
        if (setting.name().equals("num.io.threads")
                || setting.name().equals("num.network.threads")) {
            return "by processors";
        }
        return setting.defaultValue()
                .filter(value -> !value.isEmpty())
                .map(value -> readable(setting, value))
                .map(SettingsDocument::code)
                .orElse("");
    }

    private static String readable(Setting setting, String value) {
        boolean isLong = setting.type() == ConfigDef.Type.LONG;
        String endless = Long.toString(isLong ? Long.MAX_VALUE : Integer.MAX_VALUE);
        return value.equals(endless) ? "2^" + (isLong ? 63 : 31) + "-1" : value;
    }

    private static String allowed(Setting setting) {
        return setting.allowed()
                .map(Object::toString)
                .or(() -> Optional.of(setting.type().toString().toLowerCase(Locale.ROOT)))
                .map(SettingsDocument::code)
                .orElseThrow();
    }

    private static String words(Setting setting) {
        return setting.documentation()
                + setting.deferred()
                        .map(what -> " *No effect yet: waits for " + what + ".*")
                        .orElse("");
    }

    private static String codes(Set<String> names) {
        return names.stream().map(SettingsDocument::code).collect(Collectors.joining(", "));
    }

    private static String code(String text) {
        return "`" + text + "`";
    }
}
