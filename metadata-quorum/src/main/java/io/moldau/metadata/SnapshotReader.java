package io.moldau.metadata;

import static io.moldau.metadata.ProtoValues.fromProto;

import io.moldau.proto.metadata.GroupOffsets;
import io.moldau.proto.metadata.Node;
import io.moldau.proto.metadata.SnapshotHeader;
import io.moldau.proto.metadata.SnapshotRecord;
import java.io.IOException;
import java.io.InputStream;

/// Reads what [SnapshotCodec] wrote, and refuses what is not whole.
final class SnapshotReader {
    private final InputStream in;
    private long count;

    SnapshotReader(InputStream in) {
        this.in = in;
    }

    void readInto(MetadataState state) throws IOException {
        var first = next();
        if (!first.hasHeader()) {
            throw new IOException("the metadata snapshot does not begin with its header");
        }
        var header = first.getHeader();
        if (header.getVersion() != SnapshotCodec.VERSION) {
            throw new IOException(
                    "the metadata snapshot has layout %d, but this version of Moldau reads %d"
                            .formatted(header.getVersion(), SnapshotCodec.VERSION));
        }
        var edit = edit(header);
        for (var record = next(); !record.hasEnd(); record = next()) {
            restore(record, edit, state.table());
        }
        state.restored(edit.done().at(header.getAppliedIndex()));
    }

    private SnapshotRecord next() throws IOException {
        var record = SnapshotRecord.parseDelimitedFrom(in);
        if (record == null) {
            throw new IOException("the metadata snapshot ends after %d records".formatted(count));
        }
        if (record.hasEnd() && record.getEnd().getRecordCount() != count) {
            throw new IOException(
                    "the metadata snapshot has %d records where %d were written"
                            .formatted(count, record.getEnd().getRecordCount()));
        }
        count++;
        return record;
    }

    private static ImageEdit edit(SnapshotHeader header) {
        return new ImageEdit(ClusterImage.empty())
                .clusterId(header.getClusterId())
                .featureLevel(header.getFeatureLevel())
                .lastNodeEpoch(header.getLastNodeEpoch())
                .nextProducerId(header.getNextProducerId());
    }

    private static void restore(SnapshotRecord record, ImageEdit edit, OffsetTable offsets)
            throws IOException {
        switch (record.getKindCase()) {
            case NODE -> edit.put(node(record.getNode()));
            case TOPIC -> edit.put(fromProto(record.getTopic()));
            case CONFIGS ->
                    edit.configs(
                            ProtoValues.resource(
                                    record.getConfigs().getResourceType(),
                                    record.getConfigs().getResourceName()),
                            ProtoValues.map(record.getConfigs().getEntriesList()));
            case GROUP -> edit.put(fromProto(record.getGroup()));
            case OFFSETS -> restore(record.getOffsets(), offsets);
            case HEADER, END, KIND_NOT_SET ->
                    throw new IOException(
                            "the metadata snapshot holds a record that this version of Moldau does"
                                    + " not know");
        }
    }

    private static NodeImage node(Node proto) {
        return new NodeImage(
                proto.getId(),
                fromProto(proto.getIncarnation()),
                proto.getNodeEpoch(),
                fromProto(proto.getDirectoryId()),
                ProtoValues.endpoints(proto.getEndpointsList()),
                proto.hasClusterAddress() ? fromProto(proto.getClusterAddress()) : null,
                proto.hasRack() ? proto.getRack() : null,
                proto.getFenced(),
                proto.getShuttingDown(),
                proto.getObserverOnly(),
                proto.getFeatureLevel());
    }

    private static void restore(GroupOffsets proto, OffsetTable offsets) {
        var topicId = fromProto(proto.getTopicId());
        for (int i = 0; i < proto.getPartitionsCount(); i++) {
            offsets.restore(
                    proto.getGroup(),
                    proto.getTopic(),
                    topicId,
                    proto.getPartitions(i),
                    new OffsetAndMetadata(
                            proto.getOffsets(i),
                            proto.getLeaderEpochs(i),
                            proto.getMetadata(i),
                            proto.getCommitTimestampsMs(i),
                            proto.getExpireTimestampsMs(i),
                            topicId));
        }
    }
}
