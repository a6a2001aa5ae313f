package io.moldau.broker.replication;

import com.google.errorprone.annotations.Immutable;
import io.moldau.broker.replication.FollowerEffect.Open;
import io.moldau.broker.replication.FollowerEffect.TruncateTo;
import io.moldau.broker.replication.LeaderEffect.ProposeIsr;
import io.moldau.broker.replication.LeaderEvent.IsrDecided;
import io.moldau.chaos.sim.world.Rules;
import io.moldau.env.Disk;
import io.moldau.env.sim.DiskOrder;
import io.moldau.env.sim.SimDisk;
import io.moldau.log.EpochEnd;
import io.moldau.metadata.MetadataCommand.IsrMember;
import io.moldau.metadata.PartitionImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;

/// Bugs that others had, planted: the simulator must find each of them.
///
/// It stands in production's package to reach into its parts, and nowhere but in tests.
public enum Mutant implements Rules {
    /// Commits on the ISR that is proposed, before anyone has agreed to it.
    COMMITS_ON_THE_PROPOSED_ISR(Mutant::proposedIsr, null),
    /// Forgets a proposal when its answer does not come: KAFKA-13218 and its kin.
    FORGETS_A_PROPOSAL_THAT_FAILED(Mutant::forgetful, null),
    /// Commits on the ISR of the metadata alone, whoever may have joined meanwhile.
    COMMITS_ON_THE_KNOWN_ISR(Mutant::knownIsr, null),
    /// Lets followers join that have not all of what earlier leaders had committed: KAFKA-7128.
    LETS_IN_BEFORE_THE_REIGN(Mutant::hastyJoin, null),
    /// Commits while too few are in sync: KIP-966.
    COMMITS_BELOW_MIN_ISR(Mutant::belowMinIsr, null),
    /// Takes a restarted follower for the one it was: KAFKA-15221, KIP-903.
    IGNORES_NODE_EPOCHS(Mutant::noNodeEpoch, null),
    /// Believes any follower that its log is a part of the leader's.
    NEVER_DIVERGES(Mutant::trusting, null),
    /// Takes an answer of an earlier session for one of this.
    TAKES_ANSWERS_OF_OLD_SESSIONS(Mutant::oldSessions, Mutant::oldStreams) {
        @Override
        public boolean mixesUpOpenings() {
            return true;
        }
    },
    /// Cuts to the high watermark when it begins to follow: KIP-101.
    CUTS_TO_THE_HIGH_WATERMARK(null, Mutant::cutting),
    /// Takes the first answer about divergence for the last: KAFKA-6361, KIP-279.
    CONVERGES_IN_ONE_STEP(null, Mutant::oneStep),
    /// Compares reigns instead of records: KAFKA-10706, KAFKA-15608.
    COMPARES_REIGNS(null, Mutant::reigns),
    /// Acknowledges what is written and not yet synced, where the topic asks for more.
    ACKNOWLEDGES_BEFORE_THE_SYNC(Mutant::eagerLeader, Mutant::eager),
    /// Syncs later than it says.
    LIES_ABOUT_SYNCS(null, null) {
        @Override
        public boolean liesAboutFlushes() {
            return true;
        }

        @Override
        public Disk disk(SimDisk disk) {
            return disk.deafTo((order, _) -> order == DiskOrder.FORCE);
        }
    },
    /// Syncs what files hold, and not that they are there.
    SYNCS_NO_NAMES(null, null) {
        @Override
        public Disk disk(SimDisk disk) {
            return disk.deafTo((order, _) -> order == DiskOrder.SYNC_DIRECTORY);
        }
    },
    /// Recovery looks at sizes and not at checksums, and keeps what is torn.
    KEEPS_TORN_BATCHES(null, null) {
        @Override
        public void beforeRecovery(SimDisk disk, Path root) {
            TornBatches.keep(disk, root);
        }
    },
    /// Serves and believes whoever speaks of another epoch: KIP-320.
    NO_LEADER_EPOCH_FENCE(Mutant::anyEpoch, Mutant::anyLeader),
    /// The controller waits for the answer to a command that was lost.
    WAITS_FOR_LOST_ANSWERS(null, null) {
        @Override
        public boolean waitsForLostAnswers() {
            return true;
        }
    },
    /// Acts on metadata from before its own registration: what it led once, it leads again.
    ACTS_BEFORE_ITS_REGISTRATION(null, null) {
        @Override
        public boolean actsBeforeRegistration() {
            return true;
        }
    },
    /// Comes back with less than it had and does not say so: KIP-966.
    HIDES_UNCLEAN_STOPS(null, null) {
        @Override
        public boolean tellsOfUncleanStops() {
            return false;
        }
    },
    /// Notes that the machine has restarted before the cluster knows: killed in between, it comes
    /// back as clean.
    FORGETS_UNCLEAN_STOPS_TOO_EARLY(null, null) {
        @Override
        public boolean forgetsUncleanStopsTooEarly() {
            return true;
        }
    },
    /// Answers a producer when the leader alone has the record.
    ANSWERS_BEFORE_COMMIT(null, null) {
        @Override
        public boolean answersBeforeCommit() {
            return true;
        }
    },
    /// Appends a retry as if it were new.
    FORGETS_PRODUCERS(null, null) {
        @Override
        public boolean recognizesRetries() {
            return false;
        }
    };

    private record Reign(
            int nodeId,
            PartitionImage image,
            ReplicaLog log,
            ReplicationSettings settings,
            long nowMs) {}

    private record Service(
            PartitionImage image, ReplicaLog log, ReplicationSettings settings, long nowMs) {}

    @Immutable
    private interface Leaders {
        LeaderReplica of(Reign reign);
    }

    @Immutable
    private interface Followers {
        FollowerReplica of(Service service);
    }

    private final Leaders leaders;
    private final Followers followers;

    Mutant(Leaders leaders, Followers followers) {
        this.leaders = leaders == null ? Healthy::new : leaders;
        this.followers = followers == null ? Obedient::new : followers;
    }

    @Override
    public LeaderReplica leader(
            int nodeId,
            PartitionImage image,
            ReplicaLog log,
            ReplicationSettings settings,
            long nowMs) {
        return leaders.of(new Reign(nodeId, image, log, settings, nowMs));
    }

    @Override
    public FollowerReplica follower(
            PartitionImage image, ReplicaLog log, ReplicationSettings settings, long nowMs) {
        return followers.of(new Service(image, log, settings, nowMs));
    }

    private static class Healthy extends LeaderReplica {
        Healthy(Reign reign) {
            super(reign.nodeId(), reign.image(), reign.log(), reign.settings(), reign.nowMs());
        }
    }

    private static class Obedient extends FollowerReplica {
        Obedient(Service service) {
            super(service.image(), service.log(), service.settings(), service.nowMs());
        }
    }

    private static LeaderReplica proposedIsr(Reign reign) {
        return new Healthy(reign) {
            private Set<Integer> proposed;

            @Override
            public List<LeaderEffect> step(LeaderEvent event, long nowMs) {
                var effects = super.step(event, nowMs);
                for (var effect : effects) {
                    if (effect instanceof ProposeIsr proposal) {
                        proposed = new HashSet<>();
                        for (IsrMember member : proposal.isr()) {
                            proposed.add(member.nodeId());
                        }
                    }
                }
                return effects;
            }

            @Override
            boolean mustHave(FollowerProgress follower) {
                return proposed == null
                        ? super.mustHave(follower)
                        : proposed.contains(follower.node);
            }
        };
    }

    private static LeaderReplica forgetful(Reign reign) {
        return new Healthy(reign) {
            private boolean forgets;

            @Override
            public List<LeaderEffect> step(LeaderEvent event, long nowMs) {
                forgets |= event instanceof IsrDecided(_, var accepted) && !accepted;
                return super.step(event, nowMs);
            }

            @Override
            boolean mustHave(FollowerProgress follower) {
                return forgets ? follower.inIsr() : super.mustHave(follower);
            }
        };
    }

    private static LeaderReplica knownIsr(Reign reign) {
        return new Healthy(reign) {
            @Override
            boolean mustHave(FollowerProgress follower) {
                return follower.inIsr();
            }
        };
    }

    private static LeaderReplica hastyJoin(Reign reign) {
        return new Healthy(reign) {
            @Override
            boolean mayJoin(FollowerProgress follower) {
                return follower.isAccepted() && follower.logEndOffset() >= highWatermark();
            }

            @Override
            boolean keepsUp(FollowerProgress follower, long nowMs) {
                return true;
            }
        };
    }

    private static LeaderReplica belowMinIsr(Reign reign) {
        return new Healthy(reign) {
            @Override
            boolean hasEnoughInSync() {
                return true;
            }

            @Override
            public boolean canCommit() {
                return true;
            }
        };
    }

    private static LeaderReplica noNodeEpoch(Reign reign) {
        return new Healthy(reign) {
            @Override
            boolean isInThatLife(FollowerProgress follower, long nodeEpoch) {
                return true;
            }
        };
    }

    private static LeaderReplica trusting(Reign reign) {
        return new Healthy(reign) {
            @Override
            EpochEnd divergence(long fetchOffset, int lastFetchedEpoch, boolean mayBeElected) {
                return fetchOffset > log.logEndOffset()
                        ? super.divergence(fetchOffset, lastFetchedEpoch, mayBeElected)
                        : null;
            }
        };
    }

    private static LeaderReplica oldSessions(Reign reign) {
        return new Healthy(reign) {
            @Override
            boolean isCurrent(FollowerProgress follower, long session) {
                return true;
            }
        };
    }

    private static FollowerReplica oldStreams(Service service) {
        return new Obedient(service) {
            @Override
            boolean isCurrent(long inSession) {
                return true;
            }
        };
    }

    private static LeaderReplica anyEpoch(Reign reign) {
        return new Healthy(reign) {
            @Override
            public List<LeaderEffect> step(LeaderEvent event, long nowMs) {
                return super.step(
                        event instanceof LeaderEvent.FollowerOpened opened
                                ? new LeaderEvent.FollowerOpened(
                                        opened.node(),
                                        opened.nodeEpoch(),
                                        opened.session(),
                                        leaderEpoch(),
                                        opened.fetchOffset(),
                                        opened.lastFetchedEpoch())
                                : event,
                        nowMs);
            }
        };
    }

    private static FollowerReplica anyLeader(Service service) {
        return new Obedient(service) {
            @Override
            public List<FollowerEffect> step(FollowerEvent event, long nowMs) {
                return super.step(
                        event instanceof FollowerEvent.Received received
                                ? new FollowerEvent.Received(
                                        received.session(),
                                        leaderEpoch(),
                                        received.highWatermark(),
                                        received.logStartOffset(),
                                        received.leaderEndOffset(),
                                        received.records())
                                : event,
                        nowMs);
            }
        };
    }

    /// A follower whose effects are other ones.
    private static FollowerReplica changing(
            Service service, BiFunction<FollowerEffect, ReplicaLog, List<FollowerEffect>> change) {
        return new Obedient(service) {
            @Override
            public List<FollowerEffect> step(FollowerEvent event, long nowMs) {
                var effects = new ArrayList<FollowerEffect>();
                for (var effect : super.step(event, nowMs)) {
                    effects.addAll(change.apply(effect, service.log()));
                }
                return effects;
            }
        };
    }

    private static FollowerReplica cutting(Service service) {
        return changing(
                service,
                (effect, log) -> {
                    if (effect instanceof Open open && open.fetchOffset() > log.highWatermark()) {
                        long to = Math.max(log.highWatermark(), log.logStartOffset());
                        int last = log.epochBefore(to);
                        return List.of(
                                new TruncateTo(to),
                                new Open(open.session(), open.leaderEpoch(), to, last));
                    }
                    return List.of(effect);
                });
    }

    private static FollowerReplica oneStep(Service service) {
        return new Obedient(service) {
            @Override
            long truncationOffset(int epoch, long endOffset) {
                return endOffset;
            }

            @Override
            Open reopened(long target, long nowMs) {
                var open = super.reopened(target, nowMs);
                return new Open(open.session(), open.leaderEpoch(), open.fetchOffset(), -1);
            }
        };
    }

    private static FollowerReplica reigns(Service service) {
        return changing(
                service,
                (effect, log) ->
                        List.of(
                                effect instanceof Open open
                                        ? new Open(
                                                open.session(),
                                                open.leaderEpoch(),
                                                open.fetchOffset(),
                                                log.latestEpoch())
                                        : effect));
    }

    private static LeaderReplica eagerLeader(Reign reign) {
        var log = new HastyLog(reign.log());
        return new Healthy(
                new Reign(reign.nodeId(), reign.image(), log, reign.settings(), reign.nowMs()));
    }

    private static FollowerReplica eager(Service service) {
        var log = new HastyLog(service.log());
        return new Obedient(new Service(service.image(), log, service.settings(), service.nowMs()));
    }

    /// Promises whatever it holds.
    private record HastyLog(ReplicaLog log) implements ReplicaLog {
        @Override
        public long logStartOffset() {
            return log.logStartOffset();
        }

        @Override
        public long logEndOffset() {
            return log.logEndOffset();
        }

        @Override
        public long promisedEndOffset() {
            return log.logEndOffset();
        }

        @Override
        public long highWatermark() {
            return log.highWatermark();
        }

        @Override
        public int latestEpoch() {
            return log.latestEpoch();
        }

        @Override
        public int epochBefore(long offset) {
            return log.epochBefore(offset);
        }

        @Override
        public EpochEnd endOffsetFor(int epoch) {
            return log.endOffsetFor(epoch);
        }
    }
}
