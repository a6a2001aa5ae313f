package io.moldau.chaos.fault;

import io.moldau.chaos.proxy.Impairment;
import io.moldau.chaos.proxy.Link.Hold;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Set;
import java.util.function.Function;

/// What is done to the network between nodes. Clients reach every node all the time.
final class LinkHarm {
    private static final int DELAY_MS_MAX = 400;
    private static final int JITTER_MS_MAX = 200;
    private static final int SLOWEST_BYTES_PER_S = 4 << 10;
    private static final int FASTEST_BYTES_PER_S = 256 << 10;
    private static final int RESET_EVERY_MS = 400;

    private LinkHarm() {}

    private static void whileHeld(Strike strike, Hold hold) throws InterruptedException {
        try (hold) {
            strike.hold();
        }
    }

    /// A node that is aimed at, and any other one.
    private static int[] pair(Strike strike) {
        var scene = strike.scene();
        int one = scene.aimed(strike.fault().aim(), strike.luck()).iterator().next();
        var others = new ArrayList<>(scene.nodes().ids());
        others.remove(Integer.valueOf(one));
        Collections.shuffle(others, strike.luck());
        return strike.luck().nextBoolean()
                ? new int[] {one, others.getFirst()}
                : new int[] {others.getFirst(), one};
    }

    static void cutOneWay(Strike strike) throws InterruptedException {
        var network = strike.scene().own().network();
        var pair = pair(strike);
        strike.begin("%d -> %d".formatted(pair[0], pair[1]));
        whileHeld(strike, network.cutOneWay(pair[0], pair[1]));
    }

    static void cut(Strike strike) throws InterruptedException {
        var network = strike.scene().own().network();
        var pair = pair(strike);
        strike.begin("%d <-> %d".formatted(pair[0], pair[1]));
        whileHeld(strike, network.between(pair[0], pair[1], Impairment.CUT));
    }

    private static void around(Strike strike, Function<Set<Integer>, Hold> harm)
            throws InterruptedException {
        var group = strike.scene().aimed(strike.fault().aim(), strike.luck());
        strike.begin(Strike.nodes(group) + " <-> others");
        whileHeld(strike, harm.apply(group));
    }

    static void isolate(Strike strike) throws InterruptedException {
        var network = strike.scene().own().network();
        around(strike, group -> network.around(group, Impairment.CUT));
    }

    static void swallow(Strike strike) throws InterruptedException {
        var network = strike.scene().own().network();
        around(strike, group -> network.around(group, Impairment.SWALLOWS));
    }

    static void delay(Strike strike) throws InterruptedException {
        var network = strike.scene().own().network();
        int delayMs = 1 + strike.luck().nextInt(DELAY_MS_MAX);
        int jitterMs = strike.luck().nextInt(JITTER_MS_MAX);
        strike.say("%d to %d ms".formatted(delayMs, delayMs + jitterMs));
        around(strike, group -> network.around(group, Impairment.delay(delayMs, jitterMs)));
    }

    static void throttle(Strike strike) throws InterruptedException {
        var network = strike.scene().own().network();
        int rate =
                SLOWEST_BYTES_PER_S
                        + strike.luck().nextInt(FASTEST_BYTES_PER_S - SLOWEST_BYTES_PER_S);
        strike.say("%d KiB/s".formatted(rate >> 10));
        around(strike, group -> network.around(group, Impairment.throttle(rate)));
    }

    static void reset(Strike strike) throws InterruptedException {
        var scene = strike.scene();
        var network = scene.own().network();
        var group = scene.aimed(strike.fault().aim(), strike.luck());
        strike.begin(Strike.nodes(group) + " <-> others");
        int broken = 0;
        for (long ms = 0; ms <= strike.fault().lastsMs() && !scene.isOver(); ms += RESET_EVERY_MS) {
            broken += group.stream().mapToInt(network::reset).sum();
            scene.hold(RESET_EVERY_MS);
        }
        strike.say("%d connections broken".formatted(broken));
    }
}
