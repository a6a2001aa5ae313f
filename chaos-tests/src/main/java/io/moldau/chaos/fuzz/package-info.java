/// Hostile input: broken frames at a broker's socket, broken batches at the validator, kept when
/// they reach behaviour that nothing before them did.
///
/// What lives here: generators, mutations, a corpus that grows, and `moldau chaos fuzz`. What it
/// may touch: one broker in this process, over its socket; the batch validator; Kafka's own classes
/// for what clients send and read.
package io.moldau.chaos.fuzz;
