package io.moldau.chaos.workload;

import java.util.HashMap;
import java.util.Map;

/// Settings of stock clients: their own, but for what lets them notice within seconds that a node
/// has gone, and say so.
final class ClientSettings {
    /// After this a producer gives a record up, and an operation's outcome is unknown.
    static final int DELIVERY_TIMEOUT_MS = 60_000;

    private static final String REQUEST_TIMEOUT_MS = "10000";

    private ClientSettings() {}

    static Map<String, Object> producer(String bootstrap, String clientId) {
        var settings = common(bootstrap, clientId);
        settings.put("acks", "all");
        settings.put("enable.idempotence", "true");
        settings.put("delivery.timeout.ms", Integer.toString(DELIVERY_TIMEOUT_MS));
        settings.put("max.block.ms", "5000");
        return settings;
    }

    static Map<String, Object> consumer(String bootstrap, String clientId) {
        var settings = common(bootstrap, clientId);
        settings.put("auto.offset.reset", "earliest");
        settings.put("enable.auto.commit", "false");
        settings.put("max.poll.records", "500");
        settings.put("default.api.timeout.ms", "20000");
        return settings;
    }

    static Map<String, Object> member(
            String bootstrap, String clientId, String group, String assignor) {
        var settings = consumer(bootstrap, clientId);
        settings.put("group.id", group);
        settings.put("session.timeout.ms", "10000");
        settings.put("heartbeat.interval.ms", "2000");
        settings.put("partition.assignment.strategy", assignor);
        return settings;
    }

    /// @param retries 0 where a second attempt would hide what the first one did
    static Map<String, Object> admin(String bootstrap, String clientId, int retries) {
        var settings = common(bootstrap, clientId);
        settings.put("retries", Integer.toString(retries));
        settings.put("default.api.timeout.ms", "15000");
        return settings;
    }

    private static Map<String, Object> common(String bootstrap, String clientId) {
        var settings = new HashMap<String, Object>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("client.id", clientId);
        settings.put("request.timeout.ms", REQUEST_TIMEOUT_MS);
        settings.put("reconnect.backoff.max.ms", "500");
        settings.put("metadata.max.age.ms", "10000");
        return settings;
    }
}
