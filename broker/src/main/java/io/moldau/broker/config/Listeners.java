package io.moldau.broker.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/// Reads `listeners`, `advertised.listeners` and `listener.security.protocol.map` together, since
/// each only means something beside the others.
final class Listeners {
    private static final Pattern ENDPOINT =
            Pattern.compile(
                    "([^:/\\s]+)://(?:\\[([0-9a-fA-F:.%\\w]*)\\]|([^:\\[\\]\\s/]*)):(\\d+)");

    /// One entry of a list of listeners, as it is written.
    record Entry(String name, String host, int port) {}

    private Listeners() {}

    static List<ListenerSpec> read(
            List<String> listeners,
            List<String> advertised,
            String protocolMap,
            List<String> controllerNames) {
        Set<String> controllers = new HashSet<>();
        controllerNames.forEach(name -> controllers.add(capitals(name)));
        Map<String, Entry> bound = boundByName(listeners);
        checkPorts(bound);
        Map<String, Entry> told = advertisedByName(advertised, bound, controllers);
        Map<String, SecurityProtocol> protocols = protocols(protocolMap);

        List<ListenerSpec> specs = new ArrayList<>();
        for (Entry entry : bound.values()) {
            if (!controllers.contains(entry.name())) {
                specs.add(spec(entry, protocolOf(entry.name(), protocols), told));
            }
        }
        if (specs.isEmpty()) {
            throw new InvalidSettingException(
                    "No listener is left for clients: listeners="
                            + String.join(",", listeners)
                            + " holds only controller listeners, or none; add one such as"
                            + " PLAINTEXT://:9092.");
        }
        return List.copyOf(specs);
    }

    private static ListenerSpec spec(
            Entry entry, SecurityProtocol protocol, Map<String, Entry> told) {
        if (protocol != SecurityProtocol.PLAINTEXT) {
            throw new InvalidSettingException(
                    "Listener "
                            + entry.name()
                            + " asks for "
                            + protocol
                            + ", which is not served yet; only PLAINTEXT is.");
        }
        Optional<HostPort> advertised =
                Optional.ofNullable(told.get(entry.name()))
                        .map(to -> new HostPort(to.host(), to.port()));
        return new ListenerSpec(entry.name(), protocol, entry.host(), entry.port(), advertised);
    }

    private static Map<String, Entry> boundByName(List<String> listeners) {
        Map<String, Entry> byName = new LinkedHashMap<>();
        for (String text : listeners) {
            Entry entry = parse("listeners", text);
            if (byName.putIfAbsent(entry.name(), entry) != null) {
                throw new InvalidSettingException(
                        "listeners names "
                                + entry.name()
                                + " twice; each needs a name of its own.");
            }
        }
        return byName;
    }

    /// One port cannot be bound twice, unless each binding is to an address of its own.
    private static void checkPorts(Map<String, Entry> bound) {
        Map<Integer, List<Entry>> byPort = new HashMap<>();
        for (Entry entry : bound.values()) {
            List<Entry> others = byPort.computeIfAbsent(entry.port(), _ -> new ArrayList<>());
            for (Entry other : others) {
                if (entry.port() != 0 && overlap(entry.host(), other.host())) {
                    throw new InvalidSettingException(
                            "listeners gives port "
                                    + entry.port()
                                    + " to both "
                                    + other.name()
                                    + " and "
                                    + entry.name()
                                    + "; each needs a port of its own.");
                }
            }
            others.add(entry);
        }
    }

    private static boolean overlap(String host, String other) {
        return isEverywhere(host) || isEverywhere(other) || host.equalsIgnoreCase(other);
    }

    private static Map<String, Entry> advertisedByName(
            List<String> advertised, Map<String, Entry> bound, Set<String> controllers) {
        Map<String, Entry> byName = new LinkedHashMap<>();
        for (String text : advertised) {
            Entry entry = parse("advertised.listeners", text);
            if (isEverywhere(entry.host()) && !entry.host().isEmpty()) {
                throw new InvalidSettingException(
                        "advertised.listeners cannot be "
                                + text
                                + ": clients need an address that they can reach, not every"
                                + " interface.");
            }
            if (byName.putIfAbsent(entry.name(), entry) != null) {
                throw new InvalidSettingException(
                        "advertised.listeners names " + entry.name() + " twice.");
            }
            if (!bound.containsKey(entry.name()) && !controllers.contains(entry.name())) {
                throw new InvalidSettingException(
                        "advertised.listeners names "
                                + entry.name()
                                + ", which listeners does not; listeners has "
                                + String.join(", ", bound.keySet())
                                + ".");
            }
        }
        // An empty host says nothing that the bound address does not say.
        byName.values().removeIf(entry -> entry.host().isEmpty());
        return byName;
    }

    private static Map<String, SecurityProtocol> protocols(String map) {
        Map<String, SecurityProtocol> protocols = new HashMap<>();
        for (String pair : map.split(",", -1)) {
            if (pair.isBlank()) {
                continue;
            }
            int colon = pair.lastIndexOf(':');
            String protocol = pair.substring(colon + 1).strip();
            if (colon < 1 || !SecurityProtocol.names().contains(capitals(protocol))) {
                throw new InvalidSettingException(
                        "listener.security.protocol.map cannot hold "
                                + pair.strip()
                                + ": an entry is NAME:PROTOCOL, and the protocols are "
                                + String.join(", ", SecurityProtocol.names())
                                + ".");
            }
            protocols.put(
                    capitals(pair.substring(0, colon).strip()),
                    SecurityProtocol.forName(capitals(protocol)));
        }
        return protocols;
    }

    private static SecurityProtocol protocolOf(
            String name, Map<String, SecurityProtocol> protocols) {
        SecurityProtocol mapped = protocols.get(name);
        if (mapped != null) {
            return mapped;
        }
        if (SecurityProtocol.names().contains(name)) {
            return SecurityProtocol.forName(name);
        }
        throw new InvalidSettingException(
                "Listener "
                        + name
                        + " has no security protocol: add "
                        + name
                        + ":PLAINTEXT to listener.security.protocol.map.");
    }

    static Entry parse(String setting, String text) {
        Matcher parts = ENDPOINT.matcher(text.strip());
        if (!parts.matches() || parts.group(4).length() > 5) {
            throw notAnEndpoint(setting, text);
        }
        int port = Integer.parseInt(parts.group(4));
        if (port > 65535) {
            throw notAnEndpoint(setting, text);
        }
        String host = parts.group(2) != null ? parts.group(2) : parts.group(3);
        return new Entry(capitals(parts.group(1)), host, port);
    }

    private static InvalidSettingException notAnEndpoint(String setting, String text) {
        return new InvalidSettingException(
                setting
                        + " cannot hold '"
                        + text
                        + "': a listener is NAME://host:port, such as PLAINTEXT://:9092.");
    }

    static boolean isEverywhere(String host) {
        return host.isEmpty() || host.equals("0.0.0.0") || host.equals("::");
    }

    private static String capitals(String name) {
        return name.toUpperCase(Locale.ROOT);
    }
}
