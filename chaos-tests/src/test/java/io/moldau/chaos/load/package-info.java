/// Clients that keep working whatever happens to the brokers, and remember what they were promised.
///
/// What lives here: producers, committing groups, and the reading back of all records. What it may
/// touch: `chaos.history`, kafka-clients.
package io.moldau.chaos.load;
