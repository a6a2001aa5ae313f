package io.moldau.broker.replication;

import io.moldau.metadata.MetadataCommand.IsrMember;
import io.moldau.metadata.PartitionImage;
import java.util.HashSet;
import java.util.List;
import java.util.Scanner;
import java.util.Set;

/// Node 1 leads replicas 1, 2 and 3 in epoch 5; `min.insync.replicas` is 2. Node n is in its node
/// epoch 10 · n, and an opening's session is the count of openings so far.
final class LeaderTranscript extends Transcript {
    static final int EPOCH = 5;

    private final ListLog log;
    private final Set<Integer> fenced = new HashSet<>();
    private PartitionImage image;
    private LeaderReplica leader;
    private int minIsr = 2;
    private long session;
    private long lastProposal;

    private LeaderTranscript(ListLog log, List<Integer> isr) {
        this.log = log.reignOf(EPOCH);
        image = new PartitionImage(1, EPOCH, 0, List.of(1, 2, 3), isr, List.of(), List.of());
        leader = new LeaderReplica(1, image, log, ReplicationSettings.DEFAULT, nowMs);
        tellMetadata();
        output.clear();
    }

    static LeaderTranscript with(ListLog log, Integer... isr) {
        return new LeaderTranscript(log, List.of(isr));
    }

    LeaderTranscript minIsr(int newMinIsr) {
        minIsr = newMinIsr;
        tellMetadata();
        return this;
    }

    long highWatermark() {
        return leader.highWatermark();
    }

    @Override
    void enter(String word, Scanner rest) {
        switch (word) {
            case "append" -> {
                log.append(EPOCH, rest.nextInt());
                step(LeaderEvent.Appended.EVENT);
            }
            case "flush" -> {
                log.flush();
                step(LeaderEvent.Appended.EVENT);
            }
            case "open" -> open(rest.nextInt(), rest);
            case "ack" -> {
                int node = rest.nextInt();
                long offset = rest.nextLong();
                long in = rest.hasNextLong() ? rest.nextLong() : session;
                step(new LeaderEvent.Acknowledged(node, in, offset));
            }
            case "lost" -> step(new LeaderEvent.FollowerLost(rest.nextInt(), session));
            case "isr" -> metadata(image.replicas(), nodes(rest.next()));
            case "elr" -> elr(nodes(rest.next()));
            case "replicas" -> metadata(nodes(rest.next()), nodes(rest.next()));
            case "fence" -> {
                fenced.add(rest.nextInt());
                tellMetadata();
            }
            case "unfence" -> {
                fenced.remove(rest.nextInt());
                tellMetadata();
            }
            case "accepted" -> step(new LeaderEvent.IsrDecided(lastProposal, true));
            case "refused" -> step(new LeaderEvent.IsrDecided(lastProposal, false));
            case "wait" -> {
                nowMs += rest.nextLong();
                step(LeaderEvent.Tick.EVENT);
            }
            case "deposed" -> depose();
            default -> throw new IllegalArgumentException(word);
        }
    }

    /// `open 2 at 7 after 4`, with `in EPOCH` and `life NODE_EPOCH` where they are unusual.
    private void open(int node, Scanner rest) {
        long at = 0;
        int after = -1;
        int epoch = EPOCH;
        long life = node * 10L;
        while (rest.hasNext()) {
            switch (rest.next()) {
                case "at" -> at = rest.nextLong();
                case "after" -> after = rest.nextInt();
                case "in" -> epoch = rest.nextInt();
                case "life" -> life = rest.nextLong();
                default -> throw new IllegalArgumentException();
            }
        }
        step(new LeaderEvent.FollowerOpened(node, life, ++session, epoch, at, after));
    }

    private void metadata(List<Integer> replicas, List<Integer> isr) {
        image =
                new PartitionImage(
                        1, EPOCH, image.partitionEpoch() + 1, replicas, isr, List.of(), List.of());
        tellMetadata();
    }

    private void elr(List<Integer> elr) {
        image =
                new PartitionImage(
                        1,
                        EPOCH,
                        image.partitionEpoch() + 1,
                        image.replicas(),
                        image.isr(),
                        elr,
                        List.of());
        tellMetadata();
    }

    private void depose() {
        var next =
                new PartitionImage(
                        2,
                        EPOCH + 1,
                        image.partitionEpoch() + 1,
                        image.replicas(),
                        image.isr(),
                        List.of(),
                        List.of());
        step(new LeaderEvent.MetadataChanged(next, this::epochOf, minIsr));
    }

    private void tellMetadata() {
        step(new LeaderEvent.MetadataChanged(image, this::epochOf, minIsr));
    }

    private long epochOf(int node) {
        return fenced.contains(node) ? NodeEpochs.NOT_ELIGIBLE : node * 10L;
    }

    private void step(LeaderEvent event) {
        for (var effect : leader.step(event, nowMs)) {
            output.add(
                    switch (effect) {
                        case LeaderEffect.Accept(var node, _, var from) ->
                                "accept %d from %d".formatted(node, from);
                        case LeaderEffect.Truncate(var node, _, var epoch, var end) ->
                                "truncate %d: epoch %d ends at %d".formatted(node, epoch, end);
                        case LeaderEffect.Refuse(var node, _, var why, _) ->
                                "refuse %d: %s".formatted(node, why);
                        case LeaderEffect.HighWatermark(var offset) -> "committed " + offset;
                        case LeaderEffect.ProposeIsr proposal -> proposed(proposal);
                    });
        }
    }

    private String proposed(LeaderEffect.ProposeIsr proposal) {
        lastProposal = proposal.proposalId();
        return "propose %s in %d"
                .formatted(
                        proposal.isr().stream().map(IsrMember::nodeId).toList(),
                        proposal.partitionEpoch());
    }
}
