package io.moldau.quorum.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.Images;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataCommand.FenceNode;
import io.moldau.metadata.MetadataMachine;
import io.moldau.metadata.Outcome;
import io.moldau.quorum.controller.ControllerEffect.CloseSession;
import io.moldau.quorum.controller.ControllerEffect.Probe;
import io.moldau.quorum.controller.ControllerEffect.Submit;
import io.moldau.quorum.controller.ControllerEvent.Answer;
import io.moldau.quorum.controller.ControllerEvent.Beat;
import io.moldau.quorum.controller.ControllerEvent.Decided;
import io.moldau.quorum.controller.ControllerEvent.Elected;
import io.moldau.quorum.controller.ControllerEvent.ImageChanged;
import io.moldau.quorum.controller.ControllerEvent.Membership;
import io.moldau.quorum.controller.ControllerEvent.Probed;
import io.moldau.quorum.controller.ControllerEvent.SessionBroken;
import io.moldau.quorum.controller.ControllerEvent.SessionOpened;
import io.moldau.quorum.controller.ControllerEvent.Tick;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/// Nodes die, hang and start again; sessions break; commands are decided late, twice or not at all;
/// and now and then there is a new controller. From one seed each.
final class ControllerWorld {
    private static final ControllerSettings SETTINGS = ControllerSettings.DEFAULTS;
    static final int NODES = 4;
    private static final int STEP_MS = 50;

    /// One process's life on a node.
    private static final class Life {
        private final int id;
        private boolean running = true;
        private boolean hangs;
        private long session = -1;
        private long wellSinceMs;

        private Life(int id) {
            this.id = id;
        }
    }

    private final Random luck;
    private final List<Life> lives = new ArrayList<>();
    private final Deque<Runnable> late = new ArrayDeque<>();
    private ControllerCore core = new ControllerCore(1, SETTINGS);
    private ClusterImage image = Images.cluster(NODES).at(100);
    private long nowMs = 10_000;
    private long lastSession;
    private long lastIncarnation = 1_000;
    private boolean calm;

    ControllerWorld(long seed) {
        luck = new Random(seed);
        for (int id = 1; id <= NODES; id++) {
            lives.add(new Life(id));
        }
    }

    void begin() {
        step(new Elected(image, Membership.NONE));
    }

    /// No more bad luck: what is dead or hangs stays so.
    void calm() {
        calm = true;
    }

    boolean isFencedIffAway(int node) {
        var life = lives.get(node - 1);
        return image.node(node).fenced() == (!life.running || life.hangs);
    }

    void misfortune() {
        var life = lives.get(luck.nextInt(1, NODES)); // Node 1 is the controller itself.
        switch (luck.nextInt(200)) {
            case 0 -> die(life);
            case 1, 2 -> restart(life);
            case 3 -> {
                life.hangs = !life.hangs;
                life.wellSinceMs = nowMs;
            }
            case 4 -> lose(life);
            case 5 -> {
                core = new ControllerCore(1, SETTINGS);
                late.clear();
                lives.forEach(each -> each.session = -1);
                step(new Elected(image, Membership.NONE));
            }
            default -> {}
        }
    }

    private void die(Life life) {
        life.running = false;
        lose(life);
    }

    private void lose(Life life) {
        if (life.session >= 0) {
            long session = life.session;
            life.session = -1;
            if (luck.nextBoolean()) {
                step(new SessionBroken(session));
            } else {
                late.add(() -> step(new SessionBroken(session)));
            }
        }
    }

    private void restart(Life life) {
        lose(life);
        life.running = true;
        life.hangs = false;
        decide(Images.node(life.id, lastIncarnation++, null, false));
    }

    /// Time passes; whoever runs beats, and opens a session where it has none.
    void pass() {
        nowMs += STEP_MS;
        // What follows from one of these takes time, too.
        for (int due = late.size(); due > 0 && (calm || luck.nextInt(3) > 0); due--) {
            late.poll().run();
        }
        for (var life : lives) {
            if (!life.running || life.hangs) {
                continue;
            }
            if (life.session < 0) {
                life.session = ++lastSession;
                life.wellSinceMs = nowMs;
                var node = image.node(life.id);
                step(
                        new SessionOpened(
                                life.session, life.id, node.incarnation(), node.nodeEpoch()));
            }
            if (life.session >= 0) {
                step(new Beat(life.session, image.appliedIndex(), image.appliedIndex(), false));
            }
        }
        step(new Tick());
    }

    private void step(ControllerEvent event) {
        var asked = core;
        for (var effect : asked.step(event, nowMs)) {
            switch (effect) {
                case Submit(long id, var command) -> submit(asked, id, command);
                case Probe(long id, int node, _, _) -> {
                    var life = lives.get(node - 1);
                    // What was true when it was dialled may be so no longer when the answer comes.
                    var answer =
                            life.running
                                    ? (life.hangs ? Answer.SILENT : Answer.ANSWERED)
                                    : Answer.REFUSED;
                    late.add(() -> back(asked, new Probed(id, answer)));
                }
                case CloseSession(long session, _) ->
                        lives.stream()
                                .filter(life -> life.session == session)
                                .forEach(life -> life.session = -1);
                case ControllerEffect.ShutdownProgress _,
                        ControllerEffect.Promote _,
                        ControllerEffect.Remove _ -> {}
            }
        }
    }

    private void back(ControllerCore asked, ControllerEvent event) {
        if (asked == core) {
            step(event);
        }
    }

    private long livedWellForMs(Life life) {
        return life.running && !life.hangs && life.session >= 0 ? nowMs - life.wellSinceMs : 0;
    }

    private void submit(ControllerCore asked, long id, MetadataCommand command) {
        if (command instanceof FenceNode(int node, long epoch)
                && image.node(node).nodeEpoch() == epoch
                && !image.node(node).fenced()) {
            assertThat(livedWellForMs(lives.get(node - 1)))
                    .as("ms that node %d has lived well when it is fenced", node)
                    .isLessThan(4 * STEP_MS);
        }
        int fate = calm ? 9 : luck.nextInt(10);
        late.add(() -> {
            var outcome = fate == 0 ? null : decide(command);
            if (fate == 1) {
                decide(command); // A retry that was not needed.
            }
            back(asked, new Decided(id, fate == 2 ? null : outcome));
        });
    }

    private Outcome decide(MetadataCommand command) {
        var decision = MetadataMachine.decide(command, image);
        boolean changed = decision.image().differsFrom(image);
        image = decision.image().at(image.appliedIndex() + 1);
        if (changed) {
            step(new ImageChanged(image));
        }
        return decision.outcome();
    }
}
