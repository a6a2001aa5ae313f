/// What a broker gets from strangers: garbage, half a request, a promise of gigabytes.
///
/// What lives here: generators of bad input and the tests that send it to a real process. What it
/// may touch: `chaos.run`, sockets, kafka-clients' message classes to write requests that are
/// nearly right.
package io.moldau.chaos.input;
