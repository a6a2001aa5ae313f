package io.moldau.broker.config;

import java.util.Map;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.common.protocol.Errors;

/// What becomes of a request to change settings: a value either way.
public sealed interface ConfigChange {

    /// One step of a request.
    ///
    /// @param value empty text for a deletion; null is refused for everything else
    record Step(AlterConfigOp.OpType op, String name, String value) {}

    /// @param overrides all settings of the topic, or of that layer of the broker, after the change
    record Accepted(Map<String, String> overrides) implements ConfigChange {}

    record Refused(Errors error, String message) implements ConfigChange {}
}
