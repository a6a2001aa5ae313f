package io.moldau.log;

import io.moldau.env.sim.DiskFault;
import io.moldau.env.sim.SimDisk;
import io.moldau.log.AppendResult.Appended;
import io.moldau.log.AppendResult.Duplicate;
import io.moldau.log.LogFixture.ManualClock;
import io.moldau.log.batch.BatchLayout;
import io.moldau.log.batch.TestBatches;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.record.internal.MemoryRecords;

/// One random life of a log on a hostile disk, told by a seed, and judged after every step by
/// [DiskJudge].
final class DiskHistory {
    static final Path ROOT = Path.of("/sim/log");
    static final TopicPartition PARTITION = new TopicPartition("orders", 0);
    static final Path FOLDER = ROOT.resolve("orders-0");
    private static final Uuid ID = new Uuid(7, 11);

    final Random random;
    final SimDisk disk;
    final ManualClock clock = new ManualClock();
    final DiskModel model = new DiskModel();
    final PlantedLogBug bug;
    final List<String> trace = new ArrayList<>();
    private final DiskJudge judge = new DiskJudge(this);
    private final LogConfig config;

    LogDirectory directory;
    PartitionLog log;
    FlushTicket ticket;
    long highestWatermark;
    private int epoch;
    private long value;
    int truncations;
    boolean syncFailed;

    DiskHistory(long seed, PlantedLogBug bug) {
        this.random = new Random(seed);
        this.bug = bug;
        this.disk = new SimDisk(random.nextLong()).mount(ROOT);
        for (var fault : DiskFault.values()) {
            if (random.nextBoolean()) {
                disk.with(fault);
            }
        }
        this.config =
                LogConfig.defaults()
                        .with("segment.bytes", Integer.toString(200 + random.nextInt(900)))
                        .with("index.interval.bytes", Integer.toString(40 + random.nextInt(200)))
                        .with("segment.index.bytes", Integer.toString(24 + random.nextInt(120)))
                        .with("retention.ms", random.nextBoolean() ? "60000" : "-1")
                        .with("retention.bytes", random.nextBoolean() ? "1500" : "-1")
                        .with("file.delete.delay.ms", "1000");
        bug.plant(this);
    }

    /// Runs it to its end.
    ///
    /// @throws AssertionError what was promised is not so
    void run() {
        open();
        int steps = 8 + random.nextInt(40);
        for (int i = 0; i < steps; i++) {
            if (random.nextInt(14) == 0) {
                note("power fails soon");
                disk.cutPowerAfter(random.nextInt(14));
            }
            step();
            if (disk.isPowerCut()) {
                note("power is cut");
                reopenAfter(DiskJudge.Stop.CRASH);
            }
            judge.check();
        }
        if (random.nextInt(3) == 0) {
            disk.cutPowerAfter(Integer.MAX_VALUE);
            new DiskDamage(this, judge).inflict();
        }
    }

    void note(String what) {
        trace.add(what);
    }

    private void step() {
        switch (random.nextInt(40)) {
            case 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 -> appendAsLeader();
            case 10, 11, 12, 13, 14 -> appendAsFollower();
            case 15, 16 -> beginFlush();
            case 17, 18, 19 -> finishFlush();
            case 20, 21 -> {
                beginFlush();
                finishFlush();
            }
            case 22 -> newEpoch();
            case 23, 24 -> checkpoint();
            case 25, 26 -> truncate();
            case 27 -> startAnew();
            case 28 -> advanceStart();
            case 29 -> maintain();
            case 30, 31 -> stop(DiskJudge.Stop.KILL);
            case 32, 33, 34 -> stop(DiskJudge.Stop.CRASH);
            case 35 -> stop(DiskJudge.Stop.CLEAN);
            case 36 -> fillDisk();
            case 37 -> failSync();
            case 38 -> resend();
            default -> clock.advance(random.nextInt(20_000));
        }
    }

    // What a partition's thread does.

    private ByteBuffer batch(long offset, int ofEpoch, int producer, int sequence) {
        var batch = TestBatches.batch().at(offset, ofEpoch);
        if (producer >= 0) {
            batch.producer(producer, 0, sequence);
        }
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            value++;
            batch.record(clock.wallMs() + random.nextInt(50) - 25, "k", "v" + value);
        }
        return batch.build();
    }

    private ByteBuffer nextBatch(long offset, int ofEpoch) {
        if (random.nextInt(3) > 0) {
            return batch(offset, ofEpoch, -1, -1);
        }
        int producer = 100 + random.nextInt(2);
        var last = model.sequences(0).get((long) producer);
        return batch(offset, ofEpoch, producer, last == null ? 0 : last + 1);
    }

    void appendAsLeader() {
        epoch = Math.max(epoch, log.latestEpoch());
        var batch = nextBatch(0, 0);
        note("append at " + log.logEndOffset() + " in epoch " + epoch);
        append(batch, AppendMode.CLIENT);
    }

    private void appendAsFollower() {
        epoch = Math.max(epoch, log.latestEpoch()) + (random.nextInt(6) == 0 ? 1 : 0);
        long offset = log.logEndOffset();
        note("append as follower at " + offset + " in epoch " + epoch);
        append(nextBatch(offset, epoch), AppendMode.REPLICA);
    }

    private void append(ByteBuffer records, AppendMode mode) {
        clock.advance(random.nextInt(30));
        try {
            var result = log.append(records, mode, epoch, clock.wallMs());
            judge.expect(result instanceof Appended, "refused: %s", result);
            model.add(parsed(records));
        } catch (UncheckedIOException e) {
            note("append failed: " + e.getMessage());
            if (disk.isPowerCut()) { // Nobody knows how far it came.
                model.add(parsed(stamped(records, mode)));
            } else if (syncFailed || random.nextBoolean()) {
                disk.clean();
                reopenAfter(DiskJudge.Stop.KILL);
            } else {
                disk.clean();
            }
        }
    }

    private ByteBuffer stamped(ByteBuffer records, AppendMode mode) {
        if (mode == AppendMode.CLIENT) {
            BatchLayout.stamp(records, 0, model.end, epoch);
        }
        return records;
    }

    private static DiskModel.Batch parsed(ByteBuffer records) {
        int count = BatchLayout.recordCount(records, 0);
        var timestamps = new long[count];
        int i = 0;
        for (var record : MemoryRecords.readableRecords(records.duplicate()).records()) {
            timestamps[i++] = record.timestamp();
        }
        var bytes = new byte[records.remaining()];
        records.duplicate().get(bytes);
        return new DiskModel.Batch(
                BatchLayout.baseOffset(records, 0),
                BatchLayout.lastOffset(records, 0),
                BatchLayout.leaderEpoch(records, 0),
                bytes,
                timestamps,
                BatchLayout.producerId(records, 0),
                BatchLayout.baseSequence(records, 0));
    }

    private void resend() {
        var known = model.from(model.start).stream().filter(b -> b.producer() >= 0).toList();
        if (known.isEmpty() || syncFailed) {
            return;
        }
        var last = known.getLast();
        note("send again " + last.base());
        var result =
                log.append(
                        ByteBuffer.wrap(last.bytes().clone()),
                        AppendMode.CLIENT,
                        Math.max(epoch, log.latestEpoch()),
                        clock.wallMs());
        judge.expect(
                result instanceof Duplicate again && again.baseOffset() == last.base(),
                "sent again: %s",
                result);
    }

    private void newEpoch() {
        epoch = Math.max(epoch, log.latestEpoch()) + 1;
        note("epoch " + epoch);
        log.startEpoch(epoch);
    }

    private void beginFlush() {
        if (ticket == null && !syncFailed) {
            note("begin flush");
            ticket = log.beginFlush();
        }
    }

    private void finishFlush() {
        if (ticket == null) {
            return;
        }
        note("finish flush to " + ticket.endOffset());
        var flushed = ticket;
        ticket = null;
        try {
            bug.sync(this, flushed);
            long durable = log.completeFlush(bug.completes(this, flushed));
            model.promised = Math.max(model.promised, Math.min(durable, model.end));
        } catch (UncheckedIOException e) {
            note("flush failed: " + e.getMessage());
            syncFailed = true;
            if (!disk.isPowerCut()) {
                stop(random.nextBoolean() ? DiskJudge.Stop.KILL : DiskJudge.Stop.CRASH);
            }
        }
    }

    private void checkpoint() {
        note("checkpoint");
        if (random.nextBoolean()) {
            long mark = model.start + random.nextLong(model.end - model.start + 1);
            highestWatermark = Math.max(highestWatermark, mark);
            log.noteHighWatermark(mark);
        }
        try {
            directory.checkpoint();
            model.startPromised = model.start;
        } catch (UncheckedIOException e) {
            note("checkpoint failed: " + e.getMessage());
        }
    }

    private void truncate() {
        long offset = model.boundary(random.nextInt(101));
        note("truncate to " + offset);
        model.promised = Math.min(model.promised, offset);
        truncations++;
        try {
            log.truncateTo(offset);
            model.cutTo(offset);
        } catch (UncheckedIOException e) {
            interrupted(e);
        }
    }

    private void startAnew() {
        long offset = random.nextInt((int) model.end + 6);
        note("start anew at " + offset);
        judge.startMax = Math.max(judge.startMax, model.end);
        model.promised = 0;
        model.startPromised = 0;
        truncations++;
        try {
            log.truncateFullyAndStartAt(offset);
            model.restartAt(offset);
        } catch (UncheckedIOException e) {
            judge.anewAt = offset;
            interrupted(e);
        }
    }

    private void advanceStart() {
        long offset = model.boundary(random.nextInt(101));
        note("advance start to " + offset);
        judge.startMax = Math.max(judge.startMax, offset);
        try {
            log.advanceLogStart(offset);
            model.start = Math.max(model.start, offset);
        } catch (UncheckedIOException e) {
            interrupted(e);
        }
    }

    private void maintain() {
        clock.advance(random.nextInt(90_000));
        judge.startMax = Math.max(judge.startMax, model.end);
        try {
            log.maintain(clock.wallMs(), model.boundary(random.nextInt(101)));
            note("retention to " + log.logStartOffset());
            judge.expect(log.logStartOffset() >= model.start, "log start fell");
            model.start = log.logStartOffset();
        } catch (UncheckedIOException e) {
            interrupted(e);
        }
    }

    /// Whoever owns a log gives it up when the disk refuses.
    private void interrupted(UncheckedIOException e) {
        note("failed: " + e.getMessage());
        judge.unsure = true;
        if (!disk.isPowerCut()) {
            disk.clean();
            reopenAfter(DiskJudge.Stop.KILL);
        }
    }

    private void fillDisk() {
        long room = random.nextInt(400);
        note("room for " + room + " bytes");
        disk.setFreeBytes(room);
    }

    private void failSync() {
        note("syncs fail");
        disk.clean(); // A disk that is full as well cannot even take note of it.
        disk.failSyncs(1 + random.nextInt(2));
        beginFlush();
        finishFlush();
        disk.failSyncs(0);
    }

    // What becomes of the process and the machine.

    private void stop(DiskJudge.Stop how) {
        var done = how;
        if (how == DiskJudge.Stop.CLEAN) {
            done = closed() ? DiskJudge.Stop.CLEAN : DiskJudge.Stop.KILL;
        }
        if (!disk.isPowerCut()) {
            reopenAfter(done);
        }
    }

    private boolean closed() {
        note("close");
        try {
            directory.close();
        } catch (UncheckedIOException e) {
            note("close failed: " + e.getMessage());
            return false;
        }
        if (!disk.exists(ROOT.resolve(".kafka_cleanshutdown"))) {
            return false;
        }
        model.promised = model.end;
        model.startPromised = model.start;
        return true;
    }

    private void reopenAfter(DiskJudge.Stop how) {
        note("stop: " + how);
        var stop = how;
        disk.clean();
        disk.failSyncs(0);
        if (how == DiskJudge.Stop.CLEAN && random.nextBoolean()) {
            note("and the machine, too");
            stop = DiskJudge.Stop.CRASH;
        }
        if (stop == DiskJudge.Stop.CRASH) {
            disk.crash();
        } else {
            disk.cutPowerAfter(Integer.MAX_VALUE);
            disk.kill();
            if (!judge.unsure && random.nextInt(4) == 0) {
                tearSomeSmallFile();
            }
        }
        reopen(stop);
    }

    private void reopen(DiskJudge.Stop stop) {
        if (random.nextInt(20) == 0) {
            disk.cutPowerAfter(random.nextInt(10));
        }
        try {
            open();
            judge.expect(!disk.isPowerCut(), "the power is cut");
        } catch (UncheckedIOException | AssertionError e) {
            judge.expect(disk.isPowerCut(), "cannot open: %s", e);
            note("power is cut while opening");
            judge.unsure |= stop != DiskJudge.Stop.CRASH;
            disk.crash();
            open();
            judge.afterStop(DiskJudge.Stop.CRASH);
            return;
        }
        disk.cutPowerAfter(Integer.MAX_VALUE);
        judge.afterStop(stop);
    }

    void open() {
        ticket = null;
        syncFailed = false;
        directory = LogDirectory.open(ROOT, disk, clock, 16);
        log = directory.openLog(PARTITION, ID, config);
    }

    /// Everything but the records themselves may be half there after an accident that the file
    /// system is to blame for.
    private void tearSomeSmallFile() {
        var files = new ArrayList<Path>();
        disk.list(ROOT).stream().map(ROOT::resolve).forEach(files::add);
        disk.list(FOLDER).stream().map(FOLDER::resolve).forEach(files::add);
        // Nor records that are on their way out: the machine's end may bring them back.
        files.removeIf(file -> file.toString().contains(".log") || disk.isDirectory(file));
        files.remove(
                FOLDER.resolve(PartitionMetadata.FILE)); // Without it they are nobody's records.
        var file = files.get(random.nextInt(files.size()));
        long size = random.nextInt((int) disk.size(file) + 1);
        if (file.toString().endsWith("index")) { // Whole entries that are lost cannot be missed.
            size = size % 4 == 0 ? 0 : size;
        }
        note("torn: " + file.getFileName() + " to " + size);
        try (FileChannel channel = disk.open(file)) {
            channel.truncate(size);
            channel.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (file.toString().contains("log-start")) {
            model.startPromised = 0;
        }
    }
}
