/// Clients that keep working whatever happens to the brokers, and remember what they were promised.
///
/// What lives here: producers, committing groups, the reading back of all records, and two checkers
/// of short stories: what a test's own clients did, told as a list of events. Runs of hours write a
/// history, which `chaos.check` judges. What it may touch: `chaos.check` for the names of
/// anomalies, kafka-clients.
package io.moldau.chaos.load;
