package io.moldau.broker.config;

import static io.moldau.broker.config.Setting.ofInt;
import static io.moldau.broker.config.Setting.ofLong;
import static io.moldau.broker.config.Setting.ofType;
import static io.moldau.broker.config.Setting.unset;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Range;

/// Listeners, sockets, threads, and what bounds one client's share of them.
final class NetworkSettings {
    static final List<Setting> ALL =
            List.of(
                    ofType(
                            "listeners",
                            ConfigDef.Type.LIST,
                            "PLAINTEXT://:9092",
                            "Where clients connect, as NAME://host:port separated by commas; an"
                                    + " empty host means every interface."),
                    unset(
                            "advertised.listeners",
                            ConfigDef.Type.LIST,
                            "The addresses that clients are told, one for each listener by name; a"
                                    + " listener that is not named here answers with the address it"
                                    + " is bound to or was dialled at."),
                    ofType(
                            "listener.security.protocol.map",
                            ConfigDef.Type.STRING,
                            "SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT",
                            "Which security protocol each listener speaks, as NAME:PROTOCOL"
                                    + " separated by commas."),
                    ofType(
                                    "security.inter.broker.protocol",
                                    ConfigDef.Type.STRING,
                                    "PLAINTEXT",
                                    "The security protocol between nodes; only PLAINTEXT is served"
                                            + " yet.")
                            .allowing(ConfigDef.ValidString.in("PLAINTEXT")),
                    unset(
                            "inter.broker.listener.name",
                            ConfigDef.Type.STRING,
                            "The listener whose advertised address stands for this node where only"
                                    + " one address can be told."),
                    unset(
                            "controller.listener.names",
                            ConfigDef.Type.LIST,
                            "Listeners that a Kafka controller would open; they are left out here,"
                                    + " since the metadata quorum is built in."),
                    ofInt(
                                    "num.network.threads",
                                    Math.clamp(
                                            Runtime.getRuntime().availableProcessors() / 2, 1, 3),
                                    "How many threads read requests from sockets and write"
                                            + " answers. The default is half of the processors, at"
                                            + " most the 3 that Kafka has.")
                            .allowing(Range.atLeast(1)),
                    ofInt(
                                    "num.io.threads",
                                    Runtime.getRuntime().availableProcessors(),
                                    "How many threads own the partitions; each partition belongs to"
                                            + " one of them. The default is the number of"
                                            + " processors, where Kafka has 8.")
                            .allowing(Range.atLeast(1)),
                    ofInt(
                            "socket.send.buffer.bytes",
                            102400,
                            "The socket's send buffer (SO_SNDBUF); -1 leaves it to the system."),
                    ofInt(
                            "socket.receive.buffer.bytes",
                            102400,
                            "The socket's receive buffer (SO_RCVBUF); -1 leaves it to the system."),
                    ofInt(
                                    "socket.request.max.bytes",
                                    104857600,
                                    "The largest request; a connection that announces a larger one"
                                            + " is closed.")
                            .allowing(Range.atLeast(1)),
                    ofInt(
                                    "socket.listen.backlog.size",
                                    50,
                                    "How many connections may wait to be accepted.")
                            .allowing(Range.atLeast(1)),
                    ofLong(
                            "queued.max.request.bytes",
                            -1,
                            "How many bytes the requests in flight may hold before sockets are no"
                                    + " longer read; -1 lets the broker choose by its memory."),
                    ofInt(
                                    "max.connections",
                                    Integer.MAX_VALUE,
                                    "How many connections this node accepts at one time.")
                            .allowing(Range.atLeast(0)),
                    ofInt(
                                    "max.connections.per.ip",
                                    Integer.MAX_VALUE,
                                    "How many connections one address may hold; 0 allows only the"
                                            + " addresses in max.connections.per.ip.overrides.")
                            .allowing(Range.atLeast(0)),
                    ofType(
                                    "max.connections.per.ip.overrides",
                                    ConfigDef.Type.STRING,
                                    "",
                                    "Other limits for some addresses, as host:count separated by"
                                            + " commas.")
                            .allowing(Checks.CONNECTIONS_PER_HOST),
                    ofLong(
                            "connections.max.idle.ms",
                            600_000,
                            "A connection on which nothing happened for so long is closed."),
                    ofInt(
                                    "fetch.max.bytes",
                                    57671680,
                                    "The most that one fetch returns, whatever the client asks for;"
                                            + " the first batch is always returned whole.")
                            .allowing(Range.atLeast(1024)),
                    ofInt(
                                    "max.incremental.fetch.session.cache.slots",
                                    1000,
                                    "How many fetch sessions are remembered; clients beyond them"
                                            + " send full requests.")
                            .allowing(Range.atLeast(0)));

    private NetworkSettings() {}
}
