package io.moldau.chaos.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.chaos.history.Edn.Keyword;
import io.moldau.chaos.history.Mop.Batch;
import io.moldau.chaos.history.Mop.Found;
import io.moldau.chaos.history.Mop.Poll;
import io.moldau.chaos.history.Mop.Polled;
import io.moldau.chaos.history.Mop.Send;
import io.moldau.chaos.history.Mop.Sent;
import io.moldau.chaos.history.Notes.Commit;
import io.moldau.chaos.history.Notes.Rebalance;
import io.moldau.chaos.history.Operation.Stage;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class HistoryPropertyTest {
    private static final Arbitrary<Long> KEYS = Arbitraries.longs().between(-3, 1_000);
    private static final Arbitrary<Long> NUMBERS = Arbitraries.longs().greaterOrEqual(0);

    /// What was written is read again, whatever it says.
    @Property(tries = 200)
    void anOperationComesBackFromItsLine(@ForAll("operations") Operation op) {
        // when
        var read = HistoryReader.parse(op.toString());

        // then
        assertThat(read).isEqualTo(op);
    }

    @Provide
    Arbitrary<Operation> operations() {
        return Combinators.combine(
                        NUMBERS,
                        NUMBERS,
                        Arbitraries.integers().greaterOrEqual(Operation.NEMESIS),
                        Arbitraries.of(Stage.class),
                        Arbitraries.of("send", "poll", "txn", "assign", "crash", "kill-9"),
                        values(),
                        notes())
                .as(Operation::new);
    }

    private static Arbitrary<Value> values() {
        var mops = mops().list().ofMaxSize(4).map(Value.Mops::new);
        var keys = KEYS.list().ofMinSize(1).ofMaxSize(4).map(Value.Keys::new);
        var others =
                Arbitraries.of(
                                (Object) "node 2",
                                new Keyword("all"),
                                7L,
                                1.5,
                                true,
                                Map.of(new Keyword("target"), List.of("a", 1L)),
                                List.of("meta-1", 2L))
                        .map(Value.Other::new);
        return Arbitraries.oneOf(
                List.of(
                        mops.map(Value.class::cast),
                        keys.map(Value.class::cast),
                        others.map(Value.class::cast),
                        Arbitraries.just(new Value.None())));
    }

    private static Arbitrary<Mop> mops() {
        var found = Combinators.combine(NUMBERS, Arbitraries.longs()).as(Found::new);
        var batches = Combinators.combine(KEYS, found.list().ofMaxSize(3)).as(Batch::new);
        Arbitrary<Mop> send = Combinators.combine(KEYS, Arbitraries.longs()).as(Send::new);
        Arbitrary<Mop> sent = Combinators.combine(KEYS, Arbitraries.longs(), NUMBERS).as(Sent::new);
        Arbitrary<Mop> polled = batches.list().ofMaxSize(3).map(Polled::new);
        return Arbitraries.oneOf(List.of(send, sent, Arbitraries.just(new Poll()), polled));
    }

    private static Arbitrary<Notes> notes() {
        var texts = Arbitraries.strings().withChars("ab \"\\\n\t{};,:é").ofMaxLength(6);
        var rebalances =
                Combinators.combine(Arbitraries.of(true, false), NUMBERS, KEYS.list().ofMaxSize(3))
                        .as(Rebalance::new);
        var commits = Combinators.combine(KEYS, NUMBERS).as(Commit::new);
        return Combinators.combine(
                        texts, rebalances.list().ofMaxSize(2), commits.list().ofMaxSize(2), texts)
                .as(Notes::new);
    }
}
