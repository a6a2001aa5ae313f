package io.moldau.chaos.tools;

import io.moldau.chaos.run.Acceptance;
import org.junit.jupiter.api.Test;

/// Three nodes of which some go and return, with Kafka's tools, against what the same tools showed
/// on three nodes of the real Kafka 4.3.1.
class ClusterToolsIT {
    @Test
    void showReplicasAndLeadersAsKafkaDoes() {
        try (var session =
                new ClusterSession(
                        new StockTools("4.3.1"),
                        Acceptance.cluster(
                                "cluster-tools", 3, "auto.leader.rebalance.enable=false"))) {
            session.start();
            var shown = session.play(Script.load("/tools/replicas.script"));
            Goldens.judge("replicas", "tools-replicas", shown);
        }
    }
}
