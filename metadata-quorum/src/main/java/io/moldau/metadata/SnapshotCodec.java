package io.moldau.metadata;

import static io.moldau.metadata.ProtoValues.toProto;

import io.moldau.proto.metadata.Configs;
import io.moldau.proto.metadata.GroupOffsets;
import io.moldau.proto.metadata.Node;
import io.moldau.proto.metadata.SnapshotEnd;
import io.moldau.proto.metadata.SnapshotHeader;
import io.moldau.proto.metadata.SnapshotRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigResource;

/// The state to and from a stream of records, each with its length in front:
///
/// ```
/// header | nodes | topics | configs | groups | offsets by group and topic | end
/// ```
///
/// Everything is written in order of its key, so that equal states become equal bytes.
public final class SnapshotCodec {
    /// Of the file's layout.
    static final int VERSION = 1;

    private final OutputStream out;
    private long count;

    private SnapshotCodec(OutputStream out) {
        this.out = out;
    }

    /// Writes `state` as it is; nothing may be applied meanwhile.
    public static void write(MetadataState state, OutputStream out) throws IOException {
        new SnapshotCodec(out).write(state);
    }

    /// Fills a new `state`.
    ///
    /// @throws IOException the stream was cut off, or is none of ours
    public static void read(MetadataState state, InputStream in) throws IOException {
        new SnapshotReader(in).readInto(state);
    }

    private void write(MetadataState state) throws IOException {
        var image = state.image();
        write(SnapshotRecord.newBuilder().setHeader(header(image)));
        for (var node : new TreeMap<>(image.nodes()).values()) {
            write(SnapshotRecord.newBuilder().setNode(encode(node)));
        }
        for (var topic : sortedTopics(image)) {
            write(SnapshotRecord.newBuilder().setTopic(toProto(topic)));
        }
        for (var resource : sortedResources(image)) {
            write(SnapshotRecord.newBuilder().setConfigs(encode(resource, image)));
        }
        for (var id : new TreeSet<>(image.groupIds())) {
            var group = Objects.requireNonNull(image.group(id));
            write(SnapshotRecord.newBuilder().setGroup(toProto(group)));
        }
        for (var group : new TreeSet<>(state.table().groups())) {
            for (var topic : new TreeMap<>(state.table().topics(group)).entrySet()) {
                var offsets = encode(group, topic.getKey(), topic.getValue());
                write(SnapshotRecord.newBuilder().setOffsets(offsets));
            }
        }
        write(SnapshotRecord.newBuilder().setEnd(SnapshotEnd.newBuilder().setRecordCount(count)));
    }

    private void write(SnapshotRecord.Builder record) throws IOException {
        record.build().writeDelimitedTo(out);
        count++;
    }

    private static SnapshotHeader header(ClusterImage image) {
        return SnapshotHeader.newBuilder()
                .setVersion(VERSION)
                .setAppliedIndex(image.appliedIndex())
                .setClusterId(image.clusterId())
                .setFeatureLevel(image.featureLevel())
                .setLastNodeEpoch(image.parts().lastNodeEpoch())
                .setNextProducerId(image.parts().nextProducerId())
                .build();
    }

    private static Node encode(NodeImage node) {
        var proto =
                Node.newBuilder()
                        .setId(node.id())
                        .setIncarnation(toProto(node.incarnation()))
                        .setNodeEpoch(node.nodeEpoch())
                        .setDirectoryId(toProto(node.directoryId()))
                        .setFenced(node.fenced())
                        .setShuttingDown(node.shuttingDown())
                        .setObserverOnly(node.observerOnly())
                        .setFeatureLevel(node.featureLevel());
        if (node.clusterAddress() != null) {
            proto.setClusterAddress(toProto(node.clusterAddress()));
        }
        node.endpoints().forEach(endpoint -> proto.addEndpoints(toProto(endpoint)));
        if (node.rack() != null) {
            proto.setRack(node.rack());
        }
        return proto.build();
    }

    private static List<TopicImage> sortedTopics(ClusterImage image) {
        var topics = new ArrayList<>(image.topics());
        topics.sort(Comparator.comparing(TopicImage::name));
        return topics;
    }

    private static List<ConfigResource> sortedResources(ClusterImage image) {
        var resources = new ArrayList<>(image.configResources());
        resources.sort(
                Comparator.comparingInt((ConfigResource resource) -> resource.type().id())
                        .thenComparing(ConfigResource::name));
        return resources;
    }

    private static Configs encode(ConfigResource resource, ClusterImage image) {
        return Configs.newBuilder()
                .setResourceType(resource.type().id())
                .setResourceName(resource.name())
                .addAllEntries(ProtoValues.toKeyValues(image.configs(resource)))
                .build();
    }

    private static GroupOffsets encode(String group, String topic, PartitionOffsets offsets) {
        var proto =
                GroupOffsets.newBuilder()
                        .setGroup(group)
                        .setTopicId(toProto(offsets.topicId()))
                        .setTopic(topic);
        offsets.forEach((partition, committed) ->
                proto.addPartitions(partition)
                        .addOffsets(committed.offset())
                        .addLeaderEpochs(committed.leaderEpoch())
                        .addMetadata(committed.metadata())
                        .addCommitTimestampsMs(committed.commitTimestampMs())
                        .addExpireTimestampsMs(committed.expireTimestampMs()));
        return proto.build();
    }
}
