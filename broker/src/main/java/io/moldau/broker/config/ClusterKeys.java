package io.moldau.broker.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef.LambdaValidator;
import org.apache.kafka.common.config.ConfigDef.Validator;
import org.apache.kafka.common.config.ConfigException;

/// Reads addresses and durations as the settings between nodes write them.
final class ClusterKeys {
    static final int CLUSTER_PORT = 9094;
    static final int ADMIN_PORT = 9644;
    static final String NONE = "none";
    static final String REPLACE_AFTER = "quorum.voter.replace.after.ms";
    static final String REPLACE_AFTER_WITH_UNIT = "quorum.voter.replace.after";
    static final List<String> TLS =
            List.of("cluster.tls.certificate", "cluster.tls.key", "cluster.tls.trusted");

    private static final Pattern HOST_PORT =
            Pattern.compile("(?:\\[([0-9a-fA-F:.%\\w]+)\\]|([^:\\[\\]\\s/,]*))(?::(\\d{1,5}))?");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");
    private static final Map<String, Long> UNIT_MS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);
    private static final int PORT_MAX = 65_535;

    static final Validator ADDRESS =
            LambdaValidator.with(
                    (name, value) -> check(name, (String) value, CLUSTER_PORT), () -> "HOST:PORT");

    static final Validator ADDRESS_OR_NONE =
            LambdaValidator.with(
                    (name, value) -> {
                        if (!NONE.equals(value)) {
                            check(name, (String) value, ADMIN_PORT);
                        }
                    },
                    () -> "HOST:PORT or none");

    static final Validator ADDRESSES =
            LambdaValidator.with(
                    (name, value) -> checkNamed(name, (List<?>) value),
                    () -> "HOST:PORT,HOST:PORT,...");

    private ClusterKeys() {}

    private static void check(String name, String text, int portIfNone) {
        if (text != null && !text.isEmpty() && parse(text, portIfNone).isEmpty()) {
            throw new ConfigException(name, text, "Value must be HOST:PORT, such as 10.0.0.1:9094");
        }
    }

    private static void checkNamed(String name, List<?> addresses) {
        if (addresses == null) {
            return;
        }
        for (Object address : addresses) {
            boolean named =
                    parse((String) address, CLUSTER_PORT)
                            .filter(at -> !Listeners.isEverywhere(at.host()))
                            .isPresent();
            if (!named) {
                throw new ConfigException(
                        name, address, "Value must be HOST or HOST:PORT, such as 10.0.0.1:9094");
            }
        }
    }

    /// @return empty for what is no address
    static Optional<HostPort> parse(String text, int portIfNone) {
        var parts = HOST_PORT.matcher(text.strip());
        if (!parts.matches() || text.isBlank()) {
            return Optional.empty();
        }
        String host = parts.group(1) != null ? parts.group(1) : parts.group(2);
        int port = parts.group(3) == null ? portIfNone : Integer.parseInt(parts.group(3));
        return port > PORT_MAX ? Optional.empty() : Optional.of(new HostPort(host, port));
    }

    static List<HostPort> addresses(List<String> texts) {
        List<HostPort> addresses = new ArrayList<>();
        for (String text : texts) {
            parse(text, CLUSTER_PORT)
                    .filter(at -> !addresses.contains(at))
                    .ifPresent(addresses::add);
        }
        return List.copyOf(addresses);
    }

    /// `10m` in milliseconds.
    ///
    /// @throws InvalidSettingException it has no number, or no unit
    static long durationMs(String name, String text) {
        var parts = DURATION.matcher(text.strip());
        if (!parts.matches()) {
            throw new InvalidSettingException(
                    "%s cannot be %s; write a number and a unit (ms, s, m, h, d), such as 10m."
                            .formatted(name, text));
        }
        return Long.parseLong(parts.group(1)) * UNIT_MS.get(parts.group(2));
    }
}
