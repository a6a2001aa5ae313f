package io.moldau.chaos.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A file system in memory, of a size of its own, that only processes see which are started with
/// [#prefix]. It lives in a mount namespace that a waiting process holds open, so that it outlives
/// brokers, ends with this process, and needs no rights on the machine.
public final class SmallDisk implements AutoCloseable {
    private static final String FILLER = "filler";
    private static final int SHRINK_ATTEMPTS = 20;
    private static final int SHRINK_SLACK_KIB = 16;

    private final Process holder;
    private final Path mountPoint;
    private final int megabytes;

    private SmallDisk(Process holder, Path mountPoint, int megabytes) {
        this.holder = holder;
        this.mountPoint = mountPoint;
        this.megabytes = megabytes;
    }

    /// @return empty where the system does not allow it; the reason goes to `whyNot`
    public static Optional<SmallDisk> mount(Path mountPoint, int megabytes, List<String> whyNot) {
        try {
            Files.createDirectories(mountPoint);
            var script =
                    // Its input ends with this process.
                    "mount -t tmpfs -o size=%dm,mode=0777 tmpfs '%s' && echo mounted && exec cat"
                            .formatted(megabytes, mountPoint);
            var holder =
                    new ProcessBuilder("unshare", "-rm", "sh", "-c", script)
                            .redirectErrorStream(true)
                            .start();
            var line = holder.inputReader().readLine();
            if ("mounted".equals(line)) {
                return Optional.of(new SmallDisk(holder, mountPoint, megabytes));
            }
            holder.destroyForcibly();
            whyNot.add("no file system of its own can be mounted here: " + line);
        } catch (IOException e) {
            whyNot.add("no mount namespace can be made here: " + e.getMessage());
        }
        return Optional.empty();
    }

    /// What a command is to be prefixed with to see it.
    public String[] prefix() {
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
    public Path outside(String name) {
        return Path.of("/proc/" + holder.pid() + "/root" + mountPoint).resolve(name);
    }

    /// Another program takes all that is left.
    public void fillUp() {
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

    /// It shrinks to what is on it. A file system is not made smaller than its files, and these
    /// grow between the look at them and the change; each further attempt leaves them more, at most
    /// 320 KiB.
    ///
    /// @throws IllegalStateException when the system refuses all that
    public void shrink() {
        String refusal = "";
        for (int attempt = 0; attempt <= SHRINK_ATTEMPTS; attempt++) {
            long used = ((long) megabytes << 20) - freeBytes();
            // A size of 0 would be none at all.
            long size = Math.max(used >> 10, 4) + (long) attempt * SHRINK_SLACK_KIB;
            refusal = resize(size + "k");
            if (refusal.isEmpty()) {
                return;
            }
        }
        throw new IllegalStateException("cannot shrink the small disk: " + refusal);
    }

    /// It is as large again as it was.
    public void grow() {
        var refusal = resize(megabytes + "m");
        if (!refusal.isEmpty()) {
            throw new IllegalStateException("cannot grow the small disk: " + refusal);
        }
    }

    /// @return why not, or an empty text
    private String resize(String size) {
        var line = new ArrayList<>(List.of(prefix()));
        line.addAll(List.of("mount", "-o", "remount,size=" + size, mountPoint.toString()));
        try {
            var mount = new ProcessBuilder(line).redirectErrorStream(true).start();
            var said = new String(mount.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return mount.waitFor() == 0 ? "" : "mount refused size=" + size + ": " + said.strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while resizing the small disk", e);
        }
    }

    public long freeBytes() {
        try {
            return Files.getFileStore(outside("")).getUsableSpace();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public List<String> names() {
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
