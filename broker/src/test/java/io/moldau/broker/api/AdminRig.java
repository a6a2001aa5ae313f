package io.moldau.broker.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.broker.config.BrokerConfig;
import io.moldau.broker.config.Sources;
import io.moldau.broker.group.MemoryGroupStore;
import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.Outcome;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/// Node 1 with the quorum's real decisions and neither a log nor a socket: what its handlers
/// answer.
final class AdminRig {
    static final int NODE = 1;

    final MemoryGroupStore store = new MemoryGroupStore();
    final Loggers levels = new Loggers();
    final NodeAddresses addresses = NodeAddresses.advertisedTo(NODE);
    private final BrokerConfig started;

    /// How far the other nodes have come.
    Visibility visibility = Visibility.ofOneNode();

    final MetadataAccess metadata = metadata(store, () -> visibility);

    /// The metadata of `store`, as handlers read and change it.
    static MetadataAccess metadata(MemoryGroupStore store) {
        return metadata(store, Visibility::ofOneNode);
    }

    private static MetadataAccess metadata(
            MemoryGroupStore store, Supplier<Visibility> visibility) {
        return new MetadataAccess() {
            @Override
            public ClusterImage image() {
                return store.image();
            }

            @Override
            public CompletableFuture<Outcome> submit(MetadataCommand command) {
                return store.submit(command);
            }

            @Override
            public Visibility visibility() {
                return visibility.get();
            }
        };
    }

    /// @param settings names and values in turn
    AdminRig(String... settings) {
        var given = new HashMap<>(Map.of("node.id", "1"));
        for (int i = 0; i < settings.length; i += 2) {
            given.put(settings[i], settings[i + 1]);
        }
        started = BrokerConfig.load(Sources.of(given));
    }

    /// The settings in force, as the node's wiring lays them over each other.
    BrokerConfig config() {
        return started.with(
                image().configs(new ConfigResource(ConfigResource.Type.BROKER, "")),
                image().configs(new ConfigResource(ConfigResource.Type.BROKER, "1")));
    }

    ClusterImage image() {
        return store.image();
    }

    Map<String, String> overridesOf(String topic) {
        return image().configs(new ConfigResource(ConfigResource.Type.TOPIC, topic));
    }

    NewTopics newTopics() {
        return new NewTopics(metadata, this::config);
    }

    MetadataHandler metadataHandler() {
        var offsetsTopic = new OffsetsTopic(metadata, 50, 3, 104_857_600);
        return new MetadataHandler(metadata, addresses, newTopics(), offsetsTopic);
    }

    CreateTopicsHandler createTopics() {
        return new CreateTopicsHandler(metadata, newTopics(), this::config);
    }

    SettingChanges settingChanges() {
        return new SettingChanges(NODE, metadata, this::config, levels);
    }

    DescribeConfigsHandler describeConfigs() {
        return new DescribeConfigsHandler(NODE, metadata, this::config, levels);
    }

    /// What the handler answers, as the client reads it from the wire.
    static <Q extends ApiMessage, S extends ApiMessage> S call(
            RequestHandler<Q, S> handler, int version, Q request) {
        var answer = start(handler, version, request).orTimeout(10, TimeUnit.SECONDS).join();
        return overTheWire(
                answer, ApiMessageType.fromApiKey(answer.apiKey()).newResponse(), version);
    }

    /// The same, without waiting for it and as the handler made it.
    static <Q extends ApiMessage, S extends ApiMessage> CompletableFuture<S> start(
            RequestHandler<Q, S> handler, int version, Q request) {
        assertThat(version).isBetween((int) handler.minVersion(), (int) handler.maxVersion());
        var received =
                overTheWire(
                        request, ApiMessageType.fromApiKey(request.apiKey()).newRequest(), version);
        var refusal = handler.errorResponse(received, Errors.UNKNOWN_SERVER_ERROR, "broken");
        overTheWire(refusal, ApiMessageType.fromApiKey(request.apiKey()).newResponse(), version);
        return handler.handle(FakeConnection.context(handler.key(), version), received);
    }

    /// Writes and reads a message at one version.
    @SuppressWarnings("unchecked")
    static <M extends ApiMessage> M overTheWire(M message, ApiMessage empty, int version) {
        var cache = new ObjectSerializationCache();
        var bytes = ByteBuffer.allocate(message.size(cache, (short) version));
        message.write(new ByteBufferAccessor(bytes), cache, (short) version);
        assertThat(bytes.hasRemaining()).isFalse();
        empty.read(new ByteBufferAccessor(bytes.flip()), (short) version);
        return (M) empty;
    }

    static Errors error(short code) {
        return Errors.forCode(code);
    }

    /// Two loggers and their parent.
    static final class Loggers implements LogLevels {
        private final Map<String, String> levels =
                new HashMap<>(Map.of("root", "INFO", "io.moldau.log", "INFO"));

        @Override
        public Map<String, String> levels() {
            return Map.copyOf(levels);
        }

        @Override
        public void set(String logger, Optional<String> level) {
            levels.put(logger, level.orElse("INFO"));
        }
    }
}
