/// The clients of a run: what they do, and how they write down what they saw.
///
/// What lives here: producers, consumers and admins on stock client libraries, seeded and bounded
/// in rate, each with process numbers of its own in the history. What it may touch: client
/// libraries, `chaos.history` and `chaos.timeline`; never a broker's classes. Who calls it: the
/// run, which does the faults meanwhile.
package io.moldau.chaos.workload;
