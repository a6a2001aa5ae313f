/// How much one node holds: partitions, files, memory.
///
/// What lives here: tests that fill a broker and print figures. What it may touch: `chaos.run`,
/// kafka-clients.
package io.moldau.chaos.scale;
