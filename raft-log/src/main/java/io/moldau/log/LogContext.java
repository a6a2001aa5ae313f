package io.moldau.log;

import io.moldau.env.Clock;
import io.moldau.env.Disk;
import io.moldau.log.segment.FilePool;
import java.util.concurrent.atomic.AtomicLong;

/// What the logs of one directory share.
///
/// @param syncRoot makes the names of new folders durable, if there are any
/// @param checkpoint writes the directory's checkpoints, for a log whose recovery point went back
/// @param flushedBytes how much was flushed since the last checkpoint was written
record LogContext(
        Disk disk,
        FilePool files,
        Trash trash,
        Clock clock,
        Runnable checkpoint,
        Runnable syncRoot,
        AtomicLong flushedBytes) {}
