package io.moldau.chaos.fault;

import io.moldau.chaos.timeline.FaultSpan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/// One fault of a plan while it is done. Belongs to the thread that does it.
final class Strike {
    private final PlannedFault fault;
    private final Scene scene;
    private final Random luck;
    private final Witness witness;
    private final List<String> said = new ArrayList<>();
    private String target = "";
    private long beganNanos = -1;

    /// Hears of a fault when it begins.
    @FunctionalInterface
    interface Witness {
        void began(FaultKind kind, String target);
    }

    Strike(PlannedFault fault, Scene scene, Witness witness) {
        this.fault = fault;
        this.scene = scene;
        this.luck = new Random(fault.luck());
        this.witness = witness;
    }

    PlannedFault fault() {
        return fault;
    }

    Scene scene() {
        return scene;
    }

    Random luck() {
        return luck;
    }

    /// From now on it counts as done.
    void begin(String whom) {
        target = whom;
        beganNanos = scene.clock().nanos();
        witness.began(fault.kind(), whom);
    }

    /// Lets it last.
    void hold() throws InterruptedException {
        scene.hold(fault.lastsMs());
    }

    /// Something that the report should have.
    void say(String sentence) {
        said.add(sentence);
    }

    boolean hasBegun() {
        return beganNanos >= 0;
    }

    FaultSpan span() {
        return new FaultSpan(
                fault.kind().label(),
                target,
                beganNanos,
                scene.clock().nanos(),
                String.join("; ", said));
    }

    static String nodes(Collection<Integer> ids) {
        return (ids.size() == 1 ? "node " : "nodes ")
                + ids.stream().sorted().map(String::valueOf).collect(Collectors.joining(","));
    }
}
