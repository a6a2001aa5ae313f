/// `moldau chaos`: the command that the proofs hang on.
///
/// What lives here: the command itself. What it may touch: the rooms below, for their commands. Who
/// calls it: the command line, which finds it as a service.
package io.moldau.chaos;
