package io.moldau.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.chaos.load.DeliveryChecker;
import io.moldau.chaos.load.Producers;
import io.moldau.chaos.load.Records;
import io.moldau.chaos.run.Acceptance;
import io.moldau.chaos.run.BrokerProcess;
import io.moldau.chaos.run.ClusterProcess;
import io.moldau.chaos.run.Topics;
import java.net.URI;
import java.util.ArrayList;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;

/// Three nodes that run, and a topic on all of them: three replicas, of which two must have a
/// record before it is acknowledged.
final class LedgerCluster implements AutoCloseable {
    static final String TOPIC = "ledger";
    private static final int NODES = 3;

    private final ClusterProcess cluster;
    private final ClusterView view;
    private final int partitions;

    private LedgerCluster(ClusterProcess cluster, ClusterView view, int partitions) {
        this.cluster = cluster;
        this.view = view;
        this.partitions = partitions;
    }

    static LedgerCluster start(String name, int partitions) {
        var cluster = Acceptance.startCluster(name, NODES, "group.initial.rebalance.delay.ms=0");
        var ledger = new LedgerCluster(cluster, new ClusterView(cluster.bootstrap()), partitions);
        try {
            ledger.view.awaitNodes(NODES);
            Topics.create(
                    cluster.bootstrap(),
                    new NewTopic(TOPIC, partitions, (short) NODES)
                            .configs(Map.of("min.insync.replicas", "2")));
            return ledger;
        } catch (RuntimeException e) {
            ledger.close();
            throw e;
        }
    }

    ClusterView view() {
        return view;
    }

    String bootstrap() {
        return cluster.bootstrap();
    }

    int size() {
        return cluster.nodes().size();
    }

    /// @param id from 1
    BrokerProcess node(int id) {
        return cluster.node(id);
    }

    URI adminUri(int id) {
        return cluster.adminUri(id);
    }

    void awaitFullIsr() {
        view.awaitFullIsr(TOPIC);
    }

    /// Compares what the producers were promised with what is there; they must have ended.
    void judge(Producers producers) {
        assertThat(producers.failures()).isEmpty();
        var history = new ArrayList<>(producers.history());
        history.addAll(Records.readBack(bootstrap(), TOPIC, partitions));
        assertThat(DeliveryChecker.check(history)).isEmpty();
    }

    @Override
    public void close() {
        view.close();
        cluster.close();
    }
}
