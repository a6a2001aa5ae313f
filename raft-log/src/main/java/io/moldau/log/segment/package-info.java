/// One segment's files: records, offset index, time index, and the bounded set of open descriptors.
///
/// What lives here: positions and offsets of one segment, nothing of the partition around it. What
/// it may touch: the batch format (`log.batch`) and the disk (`env`). Who calls it: `log`.
package io.moldau.log.segment;
