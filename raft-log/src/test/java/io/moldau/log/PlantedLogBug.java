package io.moldau.log;

import io.moldau.env.sim.DiskOrder;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.BiPredicate;

/// Bugs that a log could have, played by a disk that does not hear some of its orders, or by an
/// owner who calls it wrongly. A judge that finds none of them proves nothing.
enum PlantedLogBug {
    NONE,
    NAMES_OF_SEGMENTS_ARE_NOT_SYNCED(deaf(DiskOrder.SYNC_DIRECTORY, "orders-0")),
    NAME_OF_THE_FOLDER_IS_NOT_SYNCED(deaf(DiskOrder.SYNC_DIRECTORY, "log")),
    ACKNOWLEDGES_A_FLUSH_BEFORE_IT_IS_FORCED(deaf(DiskOrder.FORCE, ".log")),
    INDEXES_OF_CLOSED_SEGMENTS_ARE_NOT_FORCED(deaf(DiskOrder.FORCE, "index")),
    A_TORN_TAIL_IS_NOT_CUT(deaf(DiskOrder.TRUNCATE, ".log")),
    A_CUT_IS_NOT_FORCED {
        @Override
        void plant(DiskHistory history) {
            var cut = new boolean[1];
            history.disk.deafTo((order, path) -> {
                if (!path.toString().endsWith(".log")) {
                    return false;
                }
                boolean forcesCut = order == DiskOrder.FORCE && cut[0];
                cut[0] = order == DiskOrder.TRUNCATE;
                return forcesCut;
            });
        }
    },
    LATER_SEGMENTS_STAY_AFTER_A_TRUNCATION((order, path) ->
            order == DiskOrder.RENAME
                    && path.toString().endsWith(".deleted")
                    && path.toString().contains(".log")),
    THE_INDEX_STAYS_AFTER_A_TRUNCATION(deaf(DiskOrder.TRUNCATE, "index")),
    EPOCHS_STAY_AS_THEY_WERE(deaf(DiskOrder.RENAME, "leader-epoch-checkpoint")),
    A_SNAPSHOT_OF_THE_FUTURE_IS_KEPT(deaf(DiskOrder.DELETE, ".snapshot")),
    THE_MARK_OF_A_CLEAN_STOP_STAYS(deaf(DiskOrder.DELETE, ".kafka_cleanshutdown")),
    THE_LOG_START_IS_NOT_WRITTEN(deaf(DiskOrder.RENAME, "log-start-offset-checkpoint")),
    THE_RECOVERY_POINT_GOES_FIRST {
        @Override
        void sync(DiskHistory history, FlushTicket ticket) {
            history.log.completeFlush(ticket);
            history.directory.checkpoint();
            ticket.sync();
        }
    },
    A_FAILED_SYNC_IS_TRIED_AGAIN {
        @Override
        void sync(DiskHistory history, FlushTicket ticket) {
            try {
                ticket.sync();
            } catch (UncheckedIOException e) {
                history.note("tried again after: " + e.getMessage());
                history.disk.failSyncs(0);
                ticket.sync();
            }
        }
    },
    A_SYNC_RACES_A_TRUNCATION {
        @Override
        FlushTicket completes(DiskHistory history, FlushTicket ticket) {
            var old = (FlushState.Ticket) ticket;
            return new FlushState.Ticket(
                    old.log(),
                    old.files(),
                    old.endOffset(),
                    old.log().truncations(),
                    old.newNames(),
                    old.epochsFile());
        }
    };

    @SuppressWarnings("ImmutableEnumChecker") // A lambda that keeps nothing.
    private final BiPredicate<DiskOrder, Path> unheard;

    PlantedLogBug() {
        this((_, _) -> false);
    }

    PlantedLogBug(BiPredicate<DiskOrder, Path> unheard) {
        this.unheard = unheard;
    }

    private static BiPredicate<DiskOrder, Path> deaf(DiskOrder deafTo, String ending) {
        return (order, path) -> order == deafTo && path.toString().endsWith(ending);
    }

    void plant(DiskHistory history) {
        history.disk.deafTo(unheard);
    }

    void sync(DiskHistory history, FlushTicket ticket) {
        ticket.sync();
    }

    FlushTicket completes(DiskHistory history, FlushTicket ticket) {
        return ticket;
    }
}
