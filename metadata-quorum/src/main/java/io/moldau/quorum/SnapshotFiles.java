package io.moldau.quorum;

import io.moldau.metadata.MetadataState;
import io.moldau.metadata.SnapshotCodec;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.MD5FileUtil;

/// Writes snapshots so that a file with a snapshot's name is always a whole one: write, sync, note
/// the MD5, rename, sync the directory. And reads them.
///
/// ```
/// file: Ledger | what SnapshotCodec writes
/// ```
final class SnapshotFiles {
    private static final int BUFFER_BYTES = 64 * 1024;

    private SnapshotFiles() {}

    /// All that is replicated.
    record SnapshotContent(MetadataState state, Ledger ledger) {
        static SnapshotContent empty() {
            return new SnapshotContent(new MetadataState(), new Ledger());
        }
    }

    /// Writes `content`, applied up to `reached`, into the folder of `storage`.
    static SingleFileSnapshotInfo write(
            SnapshotContent content, TermIndex reached, SimpleStateMachineStorage storage)
            throws IOException {
        var target = storage.getSnapshotFile(reached.getTerm(), reached.getIndex()).toPath();
        var temporary = target.resolveSibling(target.getFileName() + ".tmp");
        var md5 = writeTemporary(content, temporary);
        MD5FileUtil.saveMD5File(target.toFile(), md5);
        SafeFiles.rename(temporary, target);
        return new SingleFileSnapshotInfo(new FileInfo(target, md5), reached);
    }

    private static MD5Hash writeTemporary(SnapshotContent content, Path temporary)
            throws IOException {
        var digest = MD5FileUtil.newMD5();
        try (var channel =
                FileChannel.open(
                        temporary,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            var out = buffered(channel, digest);
            var ledger = new DataOutputStream(out);
            content.ledger().write(ledger);
            ledger.flush();
            SnapshotCodec.write(content.state(), out);
            out.flush();
            channel.force(true);
        }
        return MD5Hash.newInstance(digest.digest());
    }

    private static BufferedOutputStream buffered(FileChannel channel, MessageDigest digest) {
        return new BufferedOutputStream(
                new DigestOutputStream(Channels.newOutputStream(channel), digest), BUFFER_BYTES);
    }

    /// Reads a snapshot and checks it against the MD5 that was noted; notes it where none was.
    ///
    /// @throws IOException it is damaged
    static SnapshotContent read(Path file) throws IOException {
        var state = new MetadataState();
        Ledger ledger;
        var digest = MD5FileUtil.newMD5();
        try (var in =
                new DigestInputStream(
                        new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES),
                        digest)) {
            ledger = Ledger.read(new DataInputStream(in));
            SnapshotCodec.read(state, in);
        }
        var md5 = MD5Hash.newInstance(digest.digest());
        var noted = MD5FileUtil.readStoredMd5ForFile(file.toFile());
        if (noted == null) {
            // Ratis passes over a snapshot without one.
            MD5FileUtil.saveMD5File(file.toFile(), md5);
        } else if (!noted.equals(md5)) {
            throw new IOException("its MD5 is %s, not %s".formatted(md5, noted));
        }
        return new SnapshotContent(state, ledger);
    }

    /// Reads a snapshot that Ratis received from the leader, and syncs it: Ratis does not, and
    /// begins a log that reaches back no further.
    static SnapshotContent settle(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        var directory = file.toAbsolutePath().getParent();
        SafeFiles.syncDirectory(directory);
        SafeFiles.syncDirectory(directory.getParent());
        return read(file);
    }
}
