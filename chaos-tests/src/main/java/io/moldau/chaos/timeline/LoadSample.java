package io.moldau.chaos.timeline;

/// What clients got in one second.
///
/// @param second since the run's beginning
/// @param sent records handed to a producer
/// @param acknowledged records whose offset was told in this second
/// @param failed records that were certainly not kept
/// @param unknown records of which nobody knows
/// @param latencyP50Micros from the send to the acknowledgement, of those acknowledged; 0 when none
/// @param latencyP99Micros the same
/// @param latencyMaxMicros the same
/// @param polled records that consumers got
/// @param lag acknowledged records that the slowest kind of consumer had not got at the second's
///   end
public record LoadSample(
        int second,
        long sent,
        long acknowledged,
        long failed,
        long unknown,
        long latencyP50Micros,
        long latencyP99Micros,
        long latencyMaxMicros,
        long polled,
        long lag) {}
