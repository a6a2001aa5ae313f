package io.moldau.chaos.fault;

/// How each kind of fault is done.
final class Harms {
    private Harms() {}

    static Harm of(FaultKind kind) {
        return switch (kind) {
            case KILL, FAST_RESTART -> ProcessHarm::kill;
            case TERM -> ProcessHarm::term;
            case ROLLING -> ProcessHarm::rolling;
            case PAUSE -> ProcessHarm::pause;
            case CLOCK -> ProcessHarm::clock;
            case CUT_ONE_WAY -> LinkHarm::cutOneWay;
            case CUT -> LinkHarm::cut;
            case ISOLATE -> LinkHarm::isolate;
            case DELAY -> LinkHarm::delay;
            case THROTTLE -> LinkHarm::throttle;
            case SWALLOW -> LinkHarm::swallow;
            case RESET -> LinkHarm::reset;
            case VOTERS -> AdminHarm::voters;
            case REASSIGN -> AdminHarm::reassign;
            case ELECT -> AdminHarm::elect;
            case CLIENT_CRASH -> Harms::crashClient;
            case TRUNCATE ->
                    strike ->
                            DiskHarm.damage(
                                    strike, false, (data, s) -> LogFiles.truncate(data, s.luck()));
            case FLIP_BITS ->
                    strike ->
                            DiskHarm.damage(
                                    strike, false, (data, s) -> LogFiles.flip(data, s.luck()));
            case OLD_PIECE -> DiskHarm::oldPiece;
            case DELETE_INDEX ->
                    strike ->
                            DiskHarm.damage(
                                    strike,
                                    false,
                                    (data, s) -> LogFiles.deleteIndexes(data, s.luck()));
            case POWER_LOSS ->
                    strike ->
                            DiskHarm.damage(
                                    strike,
                                    true,
                                    (data, s) -> LogFiles.loseUnsynced(data, s.luck()));
            case DISK_LOSS ->
                    strike -> DiskHarm.damage(strike, true, (data, _) -> LogFiles.deleteAll(data));
            case DISK_FULL -> DiskHarm::full;
        };
    }

    private static void crashClient(Strike strike) {
        var who = strike.scene().clients().crashOne(strike.fault().luck());
        if (who.isEmpty()) {
            throw new Skipped("no client could be crashed");
        }
        strike.begin(who);
    }
}
