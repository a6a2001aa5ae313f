package io.moldau.quorum;

import io.moldau.quorum.SnapshotFiles.SnapshotContent;
import java.io.IOException;
import java.io.StringReader;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import org.apache.ratis.util.ProtoUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A node's part of the quorum on disk, locked against other processes and made fit for Ratis to
/// open, whatever moment the last process died at:
///
/// ```
/// quorum.properties           whose data this is (Identity)
/// lock
/// <group id>/current/         Ratis: raft-meta (term, vote), raft-meta.conf (voters), log segments
/// <group id>/sm/              snapshots and their MD5
/// ```
final class QuorumDirectory implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(QuorumDirectory.class);
    private static final Pattern OPEN_SEGMENT = Pattern.compile("log_inprogress_(\\d+)");
    private static final Pattern CLOSED_SEGMENT = Pattern.compile("log_(\\d+)-(\\d+)");
    static final Pattern SNAPSHOT = Pattern.compile("snapshot\\.(\\d+)_(\\d+)");

    /// Elections without an entry in between; each takes at least a second.
    private static final long TERMS_AHEAD = 1000;

    private final Path group;
    private volatile Identity identity;
    private final FileChannel lockFile;
    private final FileLock lock;

    private QuorumDirectory(Path group, Identity identity, FileChannel lockFile, FileLock lock) {
        this.group = group;
        this.identity = identity;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /// @throws QuorumStartException in use, another cluster's, or damaged
    static QuorumDirectory open(QuorumConfig config) throws IOException {
        Files.createDirectories(config.dir());
        var lockFile =
                FileChannel.open(
                        config.dir().resolve("lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        var lock = lock(lockFile);
        if (lock == null) {
            lockFile.close();
            throw new QuorumStartException(
                    ("The directory %s is in use by another process: stop that one, or give this"
                                    + " one a directory of its own.")
                            .formatted(config.dir()));
        }
        try {
            var identity = Identity.of(config);
            var group = config.dir().resolve(identity.groupId().toString());
            var directory = new QuorumDirectory(group, identity, lockFile, lock);
            directory.mend();
            return directory;
        } catch (IOException | RuntimeException failure) {
            lockFile.close();
            throw failure;
        }
    }

    private static @Nullable FileLock lock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            LOGGER.atDebug().setCause(heldByThisProcess).log("quorum directory locked already");
            return null;
        }
    }

    Identity identity() {
        return identity;
    }

    /// The members as this node knew them last. Ratis itself reads them from the same file, and
    /// takes what it is given here only where that is missing or damaged.
    List<RaftPeer> members() throws IOException {
        var file = current().resolve("raft-meta.conf");
        if (Files.exists(file)) {
            try (var in = Files.newInputStream(file)) {
                var noted = LogEntryProto.parseFrom(in).getConfigurationEntry();
                if (noted.getPeersCount() > 0) {
                    var members = new ArrayList<>(ProtoUtils.toRaftPeers(noted.getPeersList()));
                    members.addAll(ProtoUtils.toRaftPeers(noted.getListenersList()));
                    return members;
                }
            } catch (InvalidProtocolBufferException damaged) {
                LOGGER.atWarn()
                        .setCause(damaged)
                        .addKeyValue("file", file)
                        .log("the quorum's note of its members is damaged");
            }
        }
        return identity.peers();
    }

    /// Notes who belongs to the quorum by now: should Ratis's own note be lost, this node must not
    /// take itself for alone.
    void remember(List<Member> voters, List<Member> listeners) throws IOException {
        boolean alone = voters.size() == 1 && listeners.isEmpty() && identity.voters().isEmpty();
        var known = identity.withMembers(voters, listeners);
        if (!alone && !known.equals(identity)) {
            known.write(group.toAbsolutePath().getParent());
            identity = known;
        }
    }

    Path snapshots() {
        return group.resolve("sm");
    }

    private Path current() {
        return group.resolve("current");
    }

    private void mend() throws IOException {
        deleteTemporaries(current());
        deleteTemporaries(snapshots());
        for (var segment : segments()) {
            if (segment.open()) {
                LogTail.mend(segment.file(), segment.start());
            }
        }
        mendVote();
    }

    private static void deleteTemporaries(Path directory) throws IOException {
        for (var file : list(directory)) {
            if (file.getFileName().toString().endsWith(".tmp")) {
                Files.delete(file);
            }
        }
    }

    /// Ratis replaces `raft-meta` atomically, but a file system that loses power may leave it
    /// empty. In which terms this node has voted is then unknown, and a second vote in one of them
    /// could elect two leaders: it goes on in a term so far ahead that it cannot have voted there.
    private void mendVote() throws IOException {
        var file = current().resolve("raft-meta");
        if (!Files.exists(current())) {
            return;
        }
        if (Files.exists(file) && isVote(Files.readString(file))) {
            return;
        }
        long term = lastTerm() + TERMS_AHEAD;
        LOGGER.atWarn()
                .addKeyValue("file", file)
                .addKeyValue("term", term)
                .log("the quorum's vote was lost; this node votes again from a later term on");
        var self = PeerIds.of(identity.nodeId(), identity.directoryId());
        SafeFiles.write(file, "term=%d%nvotedFor=%s%n".formatted(term, self));
    }

    private static boolean isVote(String text) throws IOException {
        var properties = new Properties();
        properties.load(new StringReader(text));
        return properties.getProperty("term", "").matches("\\d+")
                && properties.containsKey("votedFor");
    }

    private long lastTerm() throws IOException {
        long term = 0;
        for (var snapshot : snapshotFiles()) {
            term = Math.max(term, snapshot.term());
        }
        for (var segment : segments()) {
            term = Math.max(term, LogTail.lastTerm(segment.file(), segment.start()));
        }
        return term;
    }

    /// Loads the newest snapshot that is whole into a new state. Newer ones that are not are set
    /// aside, as long as the log still holds what they covered.
    Restored restore() throws IOException {
        var files = snapshotFiles();
        files.sort(Comparator.comparingLong(SnapshotFile::index).reversed());
        for (var snapshot : files) {
            try {
                var content = SnapshotFiles.read(snapshot.file());
                checkLogReaches(snapshot.index());
                return new Restored(content, snapshot);
            } catch (IOException damaged) {
                LOGGER.atWarn()
                        .addKeyValue("file", snapshot.file())
                        .addKeyValue("reason", damaged.getMessage())
                        .log("set a damaged metadata snapshot aside");
                var aside = snapshot.file() + ".corrupt";
                SafeFiles.rename(snapshot.file(), Path.of(aside));
            }
        }
        checkLogReaches(-1);
        return new Restored(SnapshotContent.empty(), null);
    }

    private void checkLogReaches(long snapshotIndex) throws IOException {
        var first = segments().stream().mapToLong(Segment::start).min();
        if (first.isPresent() && first.getAsLong() > snapshotIndex + 1) {
            throw new QuorumStartException(
                    ("The metadata in %s has a gap: the last whole snapshot ends at %d and the log"
                                    + " begins at %d; restore the directory from a backup or from"
                                    + " another node.")
                            .formatted(group, snapshotIndex, first.getAsLong()));
        }
    }

    /// @param snapshot what `content` was loaded from; `null` when there was none
    record Restored(SnapshotContent content, @Nullable SnapshotFile snapshot) {}

    record SnapshotFile(Path file, long term, long index) {}

    private List<SnapshotFile> snapshotFiles() throws IOException {
        var files = new ArrayList<SnapshotFile>();
        for (var file : list(snapshots())) {
            var name = SNAPSHOT.matcher(file.getFileName().toString());
            if (name.matches()) {
                files.add(new SnapshotFile(file, number(name, 1), number(name, 2)));
            }
        }
        return files;
    }

    private record Segment(Path file, long start, boolean open) {}

    private List<Segment> segments() throws IOException {
        var segments = new ArrayList<Segment>();
        for (var file : list(current())) {
            var open = OPEN_SEGMENT.matcher(file.getFileName().toString());
            var closed = CLOSED_SEGMENT.matcher(file.getFileName().toString());
            if (open.matches()) {
                segments.add(new Segment(file, number(open, 1), true));
            } else if (closed.matches()) {
                segments.add(new Segment(file, number(closed, 1), false));
            }
        }
        return segments;
    }

    private static long number(Matcher name, int group) {
        return Long.parseLong(name.group(group));
    }

    private static List<Path> list(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (var files = Files.list(directory)) {
            return files.toList();
        }
    }

    @Override
    public void close() throws IOException {
        try (lockFile) {
            lock.release();
        }
    }
}
