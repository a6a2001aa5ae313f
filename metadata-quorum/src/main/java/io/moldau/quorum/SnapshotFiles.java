package io.moldau.quorum;

import io.moldau.metadata.MetadataState;
import io.moldau.metadata.SnapshotCodec;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.MD5FileUtil;

/// Writes snapshots so that a file with a snapshot's name is always a whole one: write, sync, note
/// the MD5, rename, sync the directory.
final class SnapshotFiles {
    private static final int BUFFER_BYTES = 64 * 1024;

    private SnapshotFiles() {}

    /// Writes `state`, applied up to `reached`, into the folder of `storage`.
    static SingleFileSnapshotInfo write(
            MetadataState state, TermIndex reached, SimpleStateMachineStorage storage)
            throws IOException {
        var target = storage.getSnapshotFile(reached.getTerm(), reached.getIndex()).toPath();
        var temporary = target.resolveSibling(target.getFileName() + ".tmp");
        var md5 = writeTemporary(state, temporary);
        MD5FileUtil.saveMD5File(target.toFile(), md5);
        SafeFiles.rename(temporary, target);
        return new SingleFileSnapshotInfo(new FileInfo(target, md5), reached);
    }

    private static MD5Hash writeTemporary(MetadataState state, Path temporary) throws IOException {
        var digest = MD5FileUtil.newMD5();
        try (var channel =
                FileChannel.open(
                        temporary,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            var out = buffered(channel, digest);
            SnapshotCodec.write(state, out);
            out.flush();
            channel.force(true);
        }
        return MD5Hash.newInstance(digest.digest());
    }

    private static BufferedOutputStream buffered(FileChannel channel, MessageDigest digest) {
        return new BufferedOutputStream(
                new DigestOutputStream(Channels.newOutputStream(channel), digest), BUFFER_BYTES);
    }
}
