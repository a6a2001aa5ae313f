package io.moldau.broker.config;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Settings out of environment variables, by the rules of the container images that people use.
///
/// `KAFKA_` or `KAFKA_CFG_` and the name in capitals, in which `_` stands for a dot, `__` for an
/// underscore and `___` for a dash. An empty variable counts as none, since compose files leave
/// them so. `KAFKA_CFG_` wins when both are there, and `MOLDAU_` over both: it says the settings
/// that Kafka does not have, by the same rules.
final class Environment {
    private static final String PREFIX = "KAFKA_";
    private static final String EXPLICIT_PREFIX = "KAFKA_CFG_";
    private static final String OWN_PREFIX = "MOLDAU_";
    private static final String JOIN = "MOLDAU_JOIN";

    /// What our own settings begin with. Other variables of the prefix are the launcher's.
    private static final Pattern OWN_SETTING = Pattern.compile("(cluster|quorum|admin)\\..*");

    /// The cluster's id as the images of Confluent, Apache and Bitnami call it.
    private static final Set<String> CLUSTER_ID =
            Set.of("CLUSTER_ID", "KAFKA_CLUSTER_ID", "KAFKA_KRAFT_CLUSTER_ID");

    /// What start scripts read under the same prefix and never hand to the broker.
    private static final Pattern SCRIPT_VARIABLE =
            Pattern.compile(
                    "KAFKA_(HEAP_OPTS|OPTS|VERSION|HOME|SCALA_VERSION|USER|GROUP|CLASSPATH"
                            + "|LOG4J_.*|TOOLS_LOG4J_.*|JMX_.*|GC_LOG_OPTS|JVM_.*|DEBUG|DEBUG_.*"
                            + "|ENABLE_KRAFT|KRAFT_.*|SKIP_KRAFT_.*|DAEMON_.*|BASE_DIR|BIN_DIR"
                            + "|VOLUME_DIR|DATA_DIR|CONF_DIR|CONF_FILE|MOUNTED_CONF_DIR|CERTS_DIR"
                            + "|INITSCRIPTS_DIR|CLIENT_USERS|CLIENT_PASSWORDS|CLIENT_LISTENER_NAME"
                            + "|INTER_BROKER_USER|INTER_BROKER_PASSWORD|CONTROLLER_USER"
                            + "|CONTROLLER_PASSWORD|CERTIFICATE_PASSWORD|TLS_.*|CLUSTER_ID|PEER_.*"
                            + "|INSTALL_DIR|ALLOW_.*)");

    /// What Kubernetes sets in every pod when a service is called kafka or kafka-something.
    private static final Pattern SERVICE_LINK =
            Pattern.compile(
                    "KAFKA_(.*_)?(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT_\\d+_(TCP|UDP)(_.*)?)");

    private Environment() {}

    static Map<String, String> settings(Map<String, String> environment) {
        Map<String, String> settings = new TreeMap<>();
        // Sorted, so that one environment always gives one result.
        new TreeMap<>(environment)
                .forEach((variable, value) -> {
                    if (isSetting(variable, value)) {
                        settings.put(name(variable.substring(PREFIX.length())), value);
                    } else if (CLUSTER_ID.contains(variable) && !value.isBlank()) {
                        settings.put("moldau.cluster.id", value);
                    }
                });
        environment.forEach((variable, value) -> {
            if (variable.startsWith(EXPLICIT_PREFIX) && !value.isBlank()) {
                settings.put(name(variable.substring(EXPLICIT_PREFIX.length())), value);
            }
        });
        new TreeMap<>(environment).forEach((variable, value) -> putOwn(settings, variable, value));
        return settings;
    }

    private static void putOwn(Map<String, String> settings, String variable, String value) {
        if (!variable.startsWith(OWN_PREFIX) || value.isBlank()) {
            return;
        }
        String name = name(variable.substring(OWN_PREFIX.length()));
        if (variable.equals(JOIN)) {
            settings.putIfAbsent("cluster.join", value);
        } else if (name.equals("cluster.id")) {
            settings.put("moldau.cluster.id", value);
        } else if (OWN_SETTING.matcher(name).matches() || SettingTable.broker(name).isPresent()) {
            settings.put(name, value);
        }
    }

    private static boolean isSetting(String variable, String value) {
        return variable.startsWith(PREFIX)
                && variable.length() > PREFIX.length()
                && !variable.startsWith(EXPLICIT_PREFIX)
                && !value.isBlank()
                && !value.startsWith("tcp://")
                && !value.startsWith("udp://")
                && !SCRIPT_VARIABLE.matcher(variable).matches()
                && !SERVICE_LINK.matcher(variable).matches();
    }

    /// `LOG_RETENTION_MS` is `log.retention.ms`.
    static String name(String variable) {
        return variable.toLowerCase(Locale.ROOT)
                .replace("___", "-")
                .replace("__", "\0")
                .replace('_', '.')
                .replace('\0', '_');
    }
}
