package io.moldau.chaos.check;

import io.moldau.chaos.check.Judgement.Recovery;
import io.moldau.chaos.check.Judgement.Wait;
import io.moldau.chaos.history.Mop.Poll;
import io.moldau.chaos.history.Mop.Polled;
import io.moldau.chaos.history.Mop.Send;
import io.moldau.chaos.history.Mop.Sent;
import io.moldau.chaos.history.Operation;
import io.moldau.chaos.timeline.FaultSpan;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/// How long partitions took no record, and how long it took after each fault until all did again.
final class Availability {
    /// Shorter ones are everyday: a batch that waits, a leader that moves in order.
    static final long WAIT_MIN_NANOS = 500_000_000L;

    private static final int WAITS_KEPT = 200;
    private static final long NOT_WAITING = -1;

    private final KeyTable keys;
    private final List<FaultSpan> faults;
    private final int[] byBeginning;
    private final List<KeyWait> waiting = new ArrayList<>();
    private final BitSet sentTo = new BitSet();
    private final PriorityQueue<Wait> longest =
            new PriorityQueue<>(Comparator.comparingLong(Wait::nanos));
    private final List<Open> open = new ArrayList<>();
    private final List<Recovery> recoveries = new ArrayList<>();
    private int nextFault;

    /// @param faults in any order; a recovery names them by their place here
    Availability(KeyTable keys, List<FaultSpan> faults) {
        this.keys = keys;
        this.faults = faults;
        byBeginning =
                IntStream.range(0, faults.size())
                        .boxed()
                        .sorted(Comparator.comparingLong(i -> faults.get(i).beganNanos()))
                        .mapToInt(Integer::intValue)
                        .toArray();
    }

    /// A fault after which some keys have not acknowledged anything that was sent since.
    private record Open(int fault, BitSet missing) {}

    /// Since when a key owes an acknowledgement. One that is sent nothing owes nothing; one whose
    /// sends were given up goes on owing.
    private static final class KeyWait {
        private long sinceNanos = NOT_WAITING;
        private long latestNanos;
        private int unanswered;
    }

    void onBegun(Operation op) {
        placesOf(op).stream()
                .forEach(place -> {
                    sentTo.set(place);
                    var wait = waitOf(place);
                    wait.unanswered++;
                    wait.latestNanos = op.timeNanos();
                    if (wait.sinceNanos == NOT_WAITING) {
                        wait.sinceNanos = op.timeNanos();
                    }
                });
    }

    /// Given up, or refused.
    void onUnanswered(Operation began, long timeNanos) {
        placesOf(began).stream()
                .forEach(place -> {
                    waitOf(place).unanswered--;
                    waitOf(place).latestNanos = timeNanos;
                });
    }

    void onAcknowledged(Operation began, long timeNanos) {
        openFaults(began.timeNanos());
        var acknowledged = placesOf(began);
        acknowledged.stream().forEach(place -> endWait(place, timeNanos));
        open.removeIf(fault -> isOver(fault, began, acknowledged, timeNanos));
    }

    private void endWait(int place, long timeNanos) {
        var wait = waitOf(place);
        keep(place, wait.sinceNanos, timeNanos);
        wait.unanswered--;
        wait.latestNanos = timeNanos;
        wait.sinceNanos = wait.unanswered > 0 ? timeNanos : NOT_WAITING;
    }

    private boolean isOver(Open fault, Operation began, BitSet acknowledged, long timeNanos) {
        long faultNanos = faults.get(fault.fault()).beganNanos();
        if (began.timeNanos() < faultNanos) {
            return false; // It was on its way already.
        }
        fault.missing().andNot(acknowledged);
        if (fault.missing().isEmpty()) {
            recoveries.add(new Recovery(fault.fault(), timeNanos - faultNanos));
            return true;
        }
        return false;
    }

    /// Every key that was in use when a fault began has to come back.
    private void openFaults(long timeNanos) {
        while (nextFault < byBeginning.length
                && faults.get(byBeginning[nextFault]).beganNanos() <= timeNanos) {
            open.add(new Open(byBeginning[nextFault++], (BitSet) sentTo.clone()));
        }
    }

    private void keep(int place, long sinceNanos, long untilNanos) {
        if (sinceNanos == NOT_WAITING || untilNanos - sinceNanos < WAIT_MIN_NANOS) {
            return;
        }
        longest.add(new Wait(keys.at(place).key(), sinceNanos, untilNanos));
        if (longest.size() > WAITS_KEPT) {
            longest.poll();
        }
    }

    private KeyWait waitOf(int place) {
        while (waiting.size() <= place) {
            waiting.add(new KeyWait());
        }
        return waiting.get(place);
    }

    /// The keys that an operation sends to.
    private BitSet placesOf(Operation op) {
        var places = new BitSet();
        for (var mop : op.mops()) {
            switch (mop) {
                case Send(var key, _) -> places.set(keys.place(key));
                case Sent(var key, _, _) -> places.set(keys.place(key));
                case Poll(), Polled(_) -> {
                    // It sends nothing.
                }
            }
        }
        return places;
    }

    /// Closes what is still open. Called once, at the end.
    void end() {
        for (int place = 0; place < waiting.size(); place++) {
            keep(place, waiting.get(place).sinceNanos, waiting.get(place).latestNanos);
        }
        open.forEach(fault -> recoveries.add(new Recovery(fault.fault(), Recovery.NEVER)));
        for (; nextFault < byBeginning.length; nextFault++) {
            recoveries.add(new Recovery(byBeginning[nextFault], Recovery.NEVER));
        }
    }

    /// Longest first.
    List<Wait> waits() {
        return longest.stream().sorted(Comparator.comparingLong(Wait::nanos).reversed()).toList();
    }

    /// In the order of the faults.
    List<Recovery> recoveries() {
        return recoveries.stream().sorted(Comparator.comparingInt(Recovery::fault)).toList();
    }
}
