package io.moldau.quorum.controller;

import io.moldau.metadata.ClusterImage;
import io.moldau.quorum.controller.ControllerEvent.Beat;
import io.moldau.quorum.controller.ControllerEvent.Decided;
import io.moldau.quorum.controller.ControllerEvent.Elected;
import io.moldau.quorum.controller.ControllerEvent.ImageChanged;
import io.moldau.quorum.controller.ControllerEvent.MembershipChanged;
import io.moldau.quorum.controller.ControllerEvent.Probed;
import io.moldau.quorum.controller.ControllerEvent.SessionBroken;
import io.moldau.quorum.controller.ControllerEvent.SessionOpened;
import io.moldau.quorum.controller.ControllerEvent.Tick;
import java.util.ArrayList;
import java.util.List;

/// One node's time as controller: an event goes in, effects come out.
///
/// Begins with [Elected] and is thrown away when another node leads. It knows no more than the
/// image but who is alive; whatever was under way when it ends is done again by its successor, and
/// the decisions stand that twice.
///
/// Not for several threads at a time.
public final class ControllerCore {
    private final Requests requests = new Requests();
    private final Liveness liveness;
    private final LeaderBalance balance;
    private final VoterKeeping voters;
    private final InternalTopics internalTopics;
    private ClusterImage image = ClusterImage.empty();

    /// @param nodeId of the node that leads: it does not fence itself
    public ControllerCore(int nodeId, ControllerSettings settings) {
        liveness = new Liveness(nodeId, settings, requests);
        balance = new LeaderBalance(nodeId, settings, requests);
        voters = new VoterKeeping(nodeId, settings);
        internalTopics = new InternalTopics(settings, requests);
    }

    /// Takes one step. The caller carries out the effects in their order.
    public List<ControllerEffect> step(ControllerEvent event, long nowMs) {
        var effects = new ArrayList<ControllerEffect>();
        switch (event) {
            case Elected(var first, var membership) -> {
                image = first;
                voters.membership(membership, image);
                balance.begin(image, nowMs);
                liveness.elected(image, nowMs, effects);
            }
            case ImageChanged(var newer) -> {
                image = newer;
                liveness.imageChanged(image, nowMs, effects);
            }
            case SessionOpened opened -> liveness.opened(opened, nowMs, effects);
            case SessionBroken(long session) -> liveness.broken(session, nowMs, effects);
            case Beat beat -> liveness.beat(beat, nowMs, effects);
            case Probed(long id, var answer) -> liveness.probed(id, answer, nowMs, effects);
            case Decided(long id, var outcome) -> liveness.decided(id, outcome, effects);
            case MembershipChanged(var membership) -> voters.membership(membership, image);
            case Tick() -> {
                liveness.tick(nowMs, effects);
                balance.tick(image, liveness::lives, nowMs, effects);
                voters.tick(image, liveness::lives, nowMs, effects);
                internalTopics.tick(image, nowMs, effects);
            }
        }
        return effects;
    }

    /// The index up to which the clients of every living node see the metadata: a node that is
    /// fenced, or has no session, sends no client anywhere.
    public long visibleIndex() {
        return liveness.visibleIndex();
    }

    /// True if the node has a session and its life is the one that the image knows.
    public boolean lives(int nodeId) {
        return liveness.lives(nodeId);
    }
}
