package io.moldau.log;

import io.moldau.env.Clock;
import io.moldau.env.Disk;
import io.moldau.log.segment.FilePool;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/// What the logs of one directory share.
///
/// @param syncRoot makes the names of new folders durable, if there are any
/// @param checkpoint writes the directory's checkpoints, for a log whose recovery point went back
/// @param flushedBytes how much was flushed since the last checkpoint was written
/// @param onRecovered is told how many bytes of a segment were seen to
record LogContext(
        Disk disk,
        FilePool files,
        Trash trash,
        Clock clock,
        Runnable checkpoint,
        Runnable syncRoot,
        AtomicLong flushedBytes,
        LongConsumer onRecovered) {}
