package io.moldau.broker.api;

import io.moldau.broker.fetch.FetchPlan;
import io.moldau.broker.fetch.FetchSessions;
import io.moldau.broker.fetch.FetchTarget;
import io.moldau.broker.fetch.NearestReplica;
import io.moldau.broker.partition.FetchItem;
import io.moldau.broker.partition.FetchJob;
import io.moldau.broker.partition.Lookup;
import io.moldau.broker.partition.Partition;
import io.moldau.broker.partition.Partitions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.AbortedTransaction;
import org.apache.kafka.common.message.FetchResponseData.EpochEndOffset;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.LeaderIdAndEpoch;
import org.apache.kafka.common.message.FetchResponseData.NodeEndpoint;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.FetchResponse;

/// `Fetch`, API key 1, versions 4–18.
///
/// - v4: isolation level; who reads committed records only is told the last stable offset, and
///   which transactions before it were aborted
/// - v5: log start offset
/// - v7: fetch sessions (KIP-227)
/// - v9: the current leader epoch, so that a deposed leader or a stale client is found out
///   (KIP-320)
/// - v11: the reader's rack; it is sent to a replica in the same one, and any replica may be read
///   (KIP-392)
/// - v12: the last fetched epoch and a diverging epoch in return (KIP-595); flexible versions
/// - v13: topics by id (KIP-516)
/// - v16: the leader's address along with NOT_LEADER_OR_FOLLOWER (KIP-951)
/// - v15, v17, v18: fields for Kafka's own replicas, which do not fetch here
///
/// `max_bytes` is soft: the first batch of the answer is returned whole, however large it is.
public final class FetchHandler implements RequestHandler<FetchRequestData, FetchResponseData> {
    private static final byte READ_COMMITTED = 1;
    private static final short FIRST_WITH_RACKS = 11;

    private final Partitions partitions;
    private final FetchSessions sessions;
    private final NodeAddresses addresses;
    private final int responseBytesMax;
    private final NearestReplica nearest;

    /// @param nearest where a consumer of a known rack is sent
    /// @param responseBytesMax `fetch.max.bytes` of the broker
    public FetchHandler(
            Partitions partitions,
            FetchSessions sessions,
            NodeAddresses addresses,
            int responseBytesMax,
            NearestReplica nearest) {
        this.nearest = nearest;
        this.partitions = partitions;
        this.sessions = sessions;
        this.addresses = addresses;
        this.responseBytesMax = responseBytesMax;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.FETCH;
    }

    @Override
    public CompletableFuture<FetchResponseData> handle(
            RequestContext context, FetchRequestData request) {
        return switch (sessions.plan(request, context.apiVersion(), context.apiVersion() >= 13)) {
            case FetchPlan.Refused(var error) ->
                    CompletableFuture.completedFuture(errorResponse(request, error, null));
            case FetchPlan.Read read -> {
                int bytesMax = Math.min(request.maxBytes(), responseBytesMax);
                var items = itemsOf(context, request, read, bytesMax);
                yield hasEarly(items)
                        ? awaitEpochs(read, items)
                                .thenCompose(_ ->
                                        read(
                                                context,
                                                request,
                                                read,
                                                itemsOf(context, request, read, bytesMax),
                                                bytesMax))
                        : read(context, request, read, items, bytesMax);
            }
        };
    }

    private List<FetchItem> itemsOf(
            RequestContext context, FetchRequestData request, FetchPlan.Read plan, int bytesMax) {
        var items = new ArrayList<FetchItem>(plan.targets().size());
        for (var target : plan.targets()) {
            items.add(itemOf(context, request, target, bytesMax));
        }
        return items;
    }

    private static boolean hasEarly(List<FetchItem> items) {
        for (var item : items) {
            if (isEarly(item)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isEarly(FetchItem item) {
        return item.error() == Errors.UNKNOWN_LEADER_EPOCH;
    }

    private CompletableFuture<Void> awaitEpochs(FetchPlan.Read plan, List<FetchItem> items) {
        return CompletableFuture.allOf(
                IntStream.range(0, items.size())
                        .filter(i -> isEarly(items.get(i)))
                        .mapToObj(i -> awaitEpoch(plan.targets().get(i)))
                        .toArray(CompletableFuture[]::new));
    }

    /// The client may have been told of a new leader by a node that is ahead of this one.
    private CompletableFuture<Boolean> awaitEpoch(FetchTarget target) {
        var topic = target.topic().isEmpty() ? partitions.image().topic(target.topicId()) : null;
        var name = topic == null ? target.topic() : topic.name();
        return partitions.awaitEpoch(
                new TopicPartition(name, target.partition()), target.currentLeaderEpoch());
    }

    private CompletableFuture<FetchResponseData> read(
            RequestContext context,
            FetchRequestData request,
            FetchPlan.Read plan,
            List<FetchItem> items,
            int bytesMax) {
        var connection = context.connection();
        var job =
                new FetchJob(
                        items,
                        Math.min(request.minBytes(), bytesMax),
                        request.maxWaitMs(),
                        plan.waiter(connection),
                        connection::schedule);
        var forget = connection.onClose(job::cancel);
        return job.start()
                .whenComplete((_, _) -> forget.run())
                .thenApply(found -> new Answer(context, request, plan, bytesMax).of(found));
    }

    private FetchItem itemOf(
            RequestContext context, FetchRequestData request, FetchTarget target, int bytesMax) {
        boolean anyReplica = context.apiVersion() >= FIRST_WITH_RACKS;
        return switch (find(target, anyReplica)) {
            case Lookup.Found(var partition) -> {
                var item =
                        new FetchItem(
                                partition,
                                target.fetchOffset(),
                                Math.min(target.bytesMax(), bytesMax),
                                target.lastFetchedEpoch());
                if (request.isolationLevel() == READ_COMMITTED) {
                    item.committedOnly();
                }
                yield anyReplica ? placed(item, partition, request.rackId()) : item;
            }
            case Lookup.NotHere notHere -> FetchItem.notHere(notHere);
        };
    }

    private Lookup find(FetchTarget target, boolean anyReplica) {
        int epoch = target.currentLeaderEpoch();
        if (target.topic().isEmpty()) {
            return anyReplica
                    ? partitions.keeping(target.topicId(), target.partition(), epoch)
                    : partitions.leading(target.topicId(), target.partition(), epoch);
        }
        var name = new TopicPartition(target.topic(), target.partition());
        return anyReplica ? partitions.keeping(name, epoch) : partitions.leading(name, epoch);
    }

    /// A follower serves whoever comes; the leader sends away who has a nearer replica.
    private FetchItem placed(FetchItem item, Partition partition, String rack) {
        var leadership = partition.leadership();
        int nearer =
                leadership.leader() == partitions.nodeId()
                        ? nearest.of(leadership, partitions.image(), rack)
                        : -1;
        return item.fromAnyReplica().nearerAt(nearer);
    }

    /// Builds one response out of what was found, within the bytes that the client wants at most.
    private final class Answer {
        private final RequestContext context;
        private final FetchRequestData request;
        private final FetchPlan.Read plan;
        private final LeaderHints hints;
        private final FetchResponseData response = new FetchResponseData();
        private FetchableTopicResponse topic;
        private int bytesLeft;
        private boolean anyRecords;

        Answer(
                RequestContext context,
                FetchRequestData request,
                FetchPlan.Read plan,
                int bytesMax) {
            this.context = context;
            this.request = request;
            this.plan = plan;
            this.bytesLeft = bytesMax;
            this.hints = new LeaderHints(partitions::image, addresses, context);
        }

        FetchResponseData of(List<FetchItem> found) {
            response.setSessionId(plan.sessionId());
            for (int i = 0; i < found.size(); i++) {
                var target = plan.targets().get(i);
                var item = found.get(i);
                var records = recordsOf(item);
                if (plan.mustTell(target, item, records.sizeInBytes() > 0)) {
                    topicOf(target).partitions().add(partitionOf(target, item, records));
                }
            }
            hints.writeTo((id, host, port, rack) ->
                    response.nodeEndpoints()
                            .add(
                                    new NodeEndpoint()
                                            .setNodeId(id)
                                            .setHost(host)
                                            .setPort(port)
                                            .setRack(rack)));
            return response;
        }

        private BaseRecords recordsOf(FetchItem item) {
            // The first batch of an answer comes whole, however large it is.
            var slice = item.takeSlice(anyRecords ? bytesLeft : Integer.MAX_VALUE);
            if (slice == null) {
                return MemoryRecords.EMPTY;
            }
            anyRecords = true;
            bytesLeft -= slice.length();
            return RecordPayload.of(slice);
        }

        private FetchableTopicResponse topicOf(FetchTarget target) {
            if (topic == null
                    || !topic.topic().equals(target.topic())
                    || !topic.topicId().equals(target.topicId())) {
                topic =
                        new FetchableTopicResponse()
                                .setTopic(target.topic())
                                .setTopicId(target.topicId());
                response.responses().add(topic);
            }
            return topic;
        }

        private PartitionData partitionOf(FetchTarget target, FetchItem item, BaseRecords records) {
            var data =
                    new PartitionData()
                            .setPartitionIndex(target.partition())
                            .setErrorCode(item.error().code())
                            .setHighWatermark(item.highWatermark())
                            .setLastStableOffset(item.lastStableOffset())
                            .setLogStartOffset(item.logStartOffset())
                            .setPreferredReadReplica(item.preferredReplica())
                            .setAbortedTransactions(
                                    request.isolationLevel() == READ_COMMITTED
                                            ? aborted(item)
                                            : null)
                            .setRecords(records);
            if (item.divergingEpoch() >= 0 && context.apiVersion() >= 12) {
                data.setDivergingEpoch(
                        new EpochEndOffset()
                                .setEpoch(item.divergingEpoch())
                                .setEndOffset(item.divergingEndOffset()));
            }
            if (tellsLeader(item.error()) && context.apiVersion() >= 12) {
                data.setCurrentLeader(
                        new LeaderIdAndEpoch()
                                .setLeaderId(item.leaderId())
                                .setLeaderEpoch(item.leaderEpoch()));
                hints.add(item.leaderId());
            }
            return data;
        }

        private static List<AbortedTransaction> aborted(FetchItem item) {
            return item.aborted().stream()
                    .map(one ->
                            new AbortedTransaction()
                                    .setProducerId(one.producerId())
                                    .setFirstOffset(one.firstOffset()))
                    .toList();
        }

        private static boolean tellsLeader(Errors error) {
            return error == Errors.NOT_LEADER_OR_FOLLOWER || error == Errors.FENCED_LEADER_EPOCH;
        }
    }

    @Override
    public FetchResponseData errorResponse(FetchRequestData request, Errors error, String message) {
        var response = new FetchResponseData().setErrorCode(error.code());
        for (var topic : request.topics()) {
            var answers =
                    new FetchableTopicResponse()
                            .setTopic(topic.topic())
                            .setTopicId(topic.topicId());
            for (var asked : topic.partitions()) {
                answers.partitions().add(FetchResponse.partitionResponse(asked.partition(), error));
            }
            response.responses().add(answers);
        }
        return response;
    }
}
