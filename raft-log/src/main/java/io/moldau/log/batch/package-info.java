/// Record batch v2 over a buffer: its layout, its checks, its stamping.
///
/// What lives here: everything that knows where a field of a batch is. What it may touch: buffers,
/// and the codecs of `kafka-clients`. Who calls it: `log.segment` and `log`.
///
/// Source: <https://kafka.apache.org/documentation/#recordbatch>.
package io.moldau.log.batch;
