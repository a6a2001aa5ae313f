package io.moldau.chaos.clients;

import java.util.List;

/// One running client program. Commands are carried out one after the other; what a member sees
/// goes into its history.
interface ClientProcess extends AutoCloseable {
    sealed interface Outcome {
        record Done() implements Outcome {}

        /// The library cannot do this, whatever the broker: nothing was sent.
        record Cannot(String reason) implements Outcome {}

        record Failed(String reason) implements Outcome {}
    }

    /// Sends records FROM … FROM+COUNT-1 and waits for the outcome.
    Outcome produce(String topic, String codec, long from, int count);

    void join(String group, List<String> topics);

    /// Closes the consumer and waits until it has left.
    void leave();

    MemberHistory history();

    @Override
    void close();
}
