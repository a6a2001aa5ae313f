package io.moldau.log.segment;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The bounded set of descriptors that a log directory keeps open. Any thread.
///
/// What the pool gives up stays open for those who still hold it, so eviction never breaks an
/// append or a slice on its way to a socket.
public final class FilePool implements AutoCloseable {
    private static final Duration IDLE = Duration.ofSeconds(30);

    private final Cache<PooledFile, OpenFile> open;

    public FilePool(int maxOpenFiles) {
        this(maxOpenFiles, Ticker.systemTicker());
    }

    FilePool(int maxOpenFiles, Ticker ticker) {
        this.open =
                Caffeine.newBuilder()
                        .maximumSize(maxOpenFiles)
                        .expireAfterAccess(IDLE)
                        .ticker(ticker)
                        // Evicts before the next file is opened: the bound is the process's ulimit.
                        .executor(Runnable::run)
                        .removalListener((PooledFile _, OpenFile file, RemovalCause _) -> {
                            if (file != null) {
                                file.release();
                            }
                        })
                        .build();
    }

    OpenFile acquire(PooledFile key) {
        while (true) {
            var there = open.getIfPresent(key);
            var file = there != null ? there : opened(key);
            if (file == null) {
                continue;
            }
            if (file.tryRetain()) {
                if (key.isDeleted()) {
                    open.invalidate(key); // Lost the race against its owner: keep nothing of it.
                }
                return file;
            }
            open.asMap().remove(key, file);
        }
    }

    /// Closes what nobody has used for a while. To be called now and then.
    public void closeIdle() {
        open.cleanUp();
    }

    long count() {
        return open.estimatedSize();
    }

    void forget(PooledFile key) {
        key.nextGeneration();
        open.invalidate(key);
    }

    /// Opened before it is kept: while the disk takes its time over one, all others are served.
    /// Null when its owner has let go of it meanwhile, and made another file of its name perhaps.
    private @Nullable OpenFile opened(PooledFile key) {
        int generation = key.generation();
        var fresh = new OpenFile(key.path(), key.disk().open(key.path()));
        var kept = open.get(key, owner -> owner.generation() == generation ? fresh : null);
        if (kept != fresh) {
            fresh.release();
        }
        return kept;
    }

    /// Lets go of all; what others hold stays open until they release it.
    @Override
    public void close() {
        open.invalidateAll();
        open.cleanUp();
    }
}
