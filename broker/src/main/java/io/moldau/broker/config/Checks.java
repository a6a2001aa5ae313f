package io.moldau.broker.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef.LambdaValidator;
import org.apache.kafka.common.config.ConfigDef.ValidList;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigDef.Validator;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.record.internal.CompressionType;

/// What single settings allow beyond a range of numbers. Their words are Kafka's where its own
/// validators speak.
final class Checks {
    static final Validator CLEANUP_POLICY = ValidList.in("compact", "delete");
    static final Validator TIMESTAMP_TYPE = ValidString.in("CreateTime", "LogAppendTime");
    static final Validator COMPRESSION_TYPE =
            ValidString.in("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer");
    static final Validator GZIP_LEVEL = CompressionType.GZIP.levelValidator();
    static final Validator LZ4_LEVEL = CompressionType.LZ4.levelValidator();
    static final Validator ZSTD_LEVEL = CompressionType.ZSTD.levelValidator();

    static final Validator CONNECTIONS_PER_HOST =
            LambdaValidator.with(
                    (name, value) -> connectionsPerHost(name, (String) value),
                    () -> "host:count,host:count,...");

    private static final String RACK_AWARE_SELECTOR =
            "org.apache.kafka.common.replica.RackAwareReplicaSelector";
    static final Validator REPLICA_SELECTOR =
            LambdaValidator.with(
                    (name, value) -> checkSelector(name, (String) value),
                    () -> ""); // Kafka lists no values.
    private static final Pattern THROTTLED_REPLICA = Pattern.compile("\\d+:\\d+");

    static final Validator THROTTLED_REPLICAS =
            LambdaValidator.with(
                    (name, value) -> checkThrottled(name, (List<?>) value),
                    () -> "* or partition:node,partition:node,...");

    static final Validator NO_REMOTE_STORAGE =
            LambdaValidator.with(
                    (name, value) -> {
                        if (Boolean.TRUE.equals(value)) {
                            throw new ConfigException(
                                    name, value, "Value must be false: there is no remote storage");
                        }
                    },
                    () -> "false");

    private Checks() {}

    /// Reads `host:count,…`; the host may be an IPv6 address, so the last colon divides.
    static Map<String, Integer> connectionsPerHost(String name, String text) {
        Map<String, Integer> counts = new HashMap<>();
        for (String entry : text.split(",", -1)) {
            if (entry.isBlank()) {
                continue;
            }
            int colon = entry.lastIndexOf(':');
            String count = colon < 0 ? "" : entry.substring(colon + 1).strip();
            if (colon < 1 || !count.matches("\\d{1,9}")) {
                throw new ConfigException(name, text, "Value must be host:count,host:count,...");
            }
            counts.put(entry.substring(0, colon).strip(), Integer.valueOf(count));
        }
        return Map.copyOf(counts);
    }

    private static void checkSelector(String name, String selector) {
        if (selector != null && !selector.isEmpty() && !selector.equals(RACK_AWARE_SELECTOR)) {
            throw new ConfigException(
                    name, selector, "The only selector is " + RACK_AWARE_SELECTOR);
        }
    }

    private static void checkThrottled(String name, List<?> replicas) {
        if (replicas.equals(List.of("*"))) {
            return;
        }
        for (Object replica : replicas) {
            if (!THROTTLED_REPLICA.matcher((String) replica).matches()) {
                throw new ConfigException(
                        name, replicas, "Value must be * or partition:node,partition:node,...");
            }
        }
    }
}
