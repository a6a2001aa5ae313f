package io.moldau.chaos.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A file system in memory, of a size of its own, that only processes see which are started with
/// [#prefix]. It lives in a mount namespace that a sleeping process holds open, so that it outlives
/// brokers and needs no rights on the machine.
final class SmallDisk implements AutoCloseable {
    private static final String SLEEP_S = "3600";
    private static final String FILLER = "filler";

    private final Process holder;
    private final Path mountPoint;

    private SmallDisk(Process holder, Path mountPoint) {
        this.holder = holder;
        this.mountPoint = mountPoint;
    }

    /// @return empty where the system does not allow it; the reason goes to `whyNot`
    static Optional<SmallDisk> mount(Path mountPoint, int megabytes, List<String> whyNot) {
        try {
            Files.createDirectories(mountPoint);
            var script =
                    "mount -t tmpfs -o size=%dm,mode=0777 tmpfs '%s' && echo mounted && exec sleep %s"
                            .formatted(megabytes, mountPoint, SLEEP_S);
            var holder =
                    new ProcessBuilder("unshare", "-rm", "sh", "-c", script)
                            .redirectErrorStream(true)
                            .start();
            var line = holder.inputReader().readLine();
            if ("mounted".equals(line)) {
                return Optional.of(new SmallDisk(holder, mountPoint));
            }
            holder.destroyForcibly();
            whyNot.add("no file system of its own can be mounted here: " + line);
        } catch (IOException e) {
            whyNot.add("no mount namespace can be made here: " + e.getMessage());
        }
        return Optional.empty();
    }

    /// What a command is to be prefixed with to see it.
    String[] prefix() {
        return new String[] {
            "nsenter",
            "--user",
            "--mount",
            "--preserve-credentials",
            "--target=" + holder.pid(),
            "--"
        };
    }

    /// A path on it as this process sees it.
    Path outside(String name) {
        return Path.of("/proc/" + holder.pid() + "/root" + mountPoint).resolve(name);
    }

    /// Another program takes all that is left.
    void fillUp() {
        var block = ByteBuffer.allocate(64 * 1024);
        try (var file =
                FileChannel.open(
                        outside(FILLER), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (true) {
                file.write(block.clear());
            }
        } catch (IOException full) {
            if (!String.valueOf(full.getMessage()).contains("No space left")) {
                throw new UncheckedIOException(full);
            }
        }
    }

    long freeBytes() {
        try {
            return Files.getFileStore(outside("")).getUsableSpace();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> names() {
        try (var entries = Files.list(outside(""))) {
            return new ArrayList<>(entries.map(path -> path.getFileName().toString()).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        holder.destroyForcibly();
        try {
            if (!holder.waitFor(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the file system is held on");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
