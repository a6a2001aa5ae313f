/// The disks of a node: which of them work, and how full they are.
///
/// What lives here: data directories and what they are fit for, the marks below which producers and
/// then replicas are refused, the space that is kept back, and the thread that looks after all of
/// it. What it may touch: the log's directories and the disk behind them. Who calls it: the
/// partitions, before they write; the operator's port, which shows it.
@NullMarked
package io.moldau.broker.disk;

import org.jspecify.annotations.NullMarked;
