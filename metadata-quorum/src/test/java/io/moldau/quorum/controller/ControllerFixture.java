package io.moldau.quorum.controller;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.Images;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataMachine;
import io.moldau.quorum.controller.ControllerEffect.Submit;
import io.moldau.quorum.controller.ControllerEvent.Beat;
import io.moldau.quorum.controller.ControllerEvent.Decided;
import io.moldau.quorum.controller.ControllerEvent.Elected;
import io.moldau.quorum.controller.ControllerEvent.ImageChanged;
import io.moldau.quorum.controller.ControllerEvent.Membership;
import io.moldau.quorum.controller.ControllerEvent.SessionOpened;
import io.moldau.quorum.controller.ControllerEvent.Tick;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Node 1 leads the quorum. Commands are decided as soon as they are submitted, unless held back.
abstract class ControllerFixture {
    static final ControllerSettings SETTINGS = ControllerSettings.DEFAULTS;

    final List<ControllerEffect> effects = new ArrayList<>();
    final List<MetadataCommand> decided = new ArrayList<>();
    ControllerCore core = new ControllerCore(1, SETTINGS);
    ClusterImage image = ClusterImage.empty();
    long nowMs = 1_000;
    long nextSession = 1;
    boolean holdBack;

    void step(ControllerEvent event) {
        var asked = core.step(event, nowMs);
        effects.addAll(asked);
        for (var effect : asked) {
            if (effect instanceof Submit(long id, var command) && !holdBack) {
                decide(id, command);
            }
        }
    }

    void decide(long id, MetadataCommand command) {
        decided.add(command);
        var decision = MetadataMachine.decide(command, image);
        publish(decision.image());
        step(new Decided(id, decision.outcome()));
    }

    void apply(MetadataCommand command) {
        publish(Images.after(command, image));
    }

    void publish(ClusterImage next) {
        boolean changed = next.differsFrom(image);
        image = next.at(image.appliedIndex() + 1);
        if (changed) {
            step(new ImageChanged(image));
        }
    }

    void elected(ClusterImage first) {
        image = first.at(100);
        step(new Elected(image, Membership.NONE));
    }

    long open(int node) {
        long session = nextSession++;
        var known = Objects.requireNonNull(image.node(node));
        step(new SessionOpened(session, node, known.incarnation(), known.nodeEpoch()));
        return session;
    }

    void beat(long session) {
        step(new Beat(session, image.appliedIndex(), image.appliedIndex(), false));
    }

    /// Time passes while the nodes of these sessions live.
    void afterWith(long ms, long... living) {
        long end = nowMs + ms;
        while (nowMs < end) {
            nowMs = Math.min(end, nowMs + 100);
            for (long session : living) {
                beat(session);
            }
            step(new Tick());
        }
    }

    <T> List<T> all(Class<T> kind) {
        return effects.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    boolean fenced(int node) {
        return Objects.requireNonNull(image.node(node)).fenced();
    }
}
