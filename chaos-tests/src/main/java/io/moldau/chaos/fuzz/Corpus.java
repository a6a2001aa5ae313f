package io.moldau.chaos.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32C;

/// Inputs that each reached a behaviour first, in a folder that outlives the run.
final class Corpus {
    private final Path folder;
    private final List<byte[]> inputs = new ArrayList<>();
    private final Set<String> behaviours = new HashSet<>();

    private Corpus(Path folder) {
        this.folder = folder;
    }

    /// The corpus in `folder`, which is made when it is not there.
    static Corpus open(Path folder) {
        try {
            Files.createDirectories(folder);
            return new Corpus(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What the folder holds, to be run once more: what an input reaches may have changed.
    List<byte[]> stored() {
        try (var files = Files.list(folder)) {
            var stored = new ArrayList<byte[]>();
            for (var file : files.filter(f -> f.toString().endsWith(".bin")).sorted().toList()) {
                stored.add(Files.readAllBytes(file));
            }
            return stored;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Keeps an input if nothing before it behaved like this.
    ///
    /// @return whether it is new
    boolean offer(byte[] input, String behaviour) {
        if (!behaviours.add(behaviour)) {
            return false;
        }
        inputs.add(input);
        write(folder.resolve(nameOf(input) + ".bin"), input);
        return true;
    }

    /// Keeps an input that broke something, beside the others.
    Path keepCrash(byte[] input) {
        var file = folder.resolve("crash-" + nameOf(input));
        write(file, input);
        return file;
    }

    private static void write(Path file, byte[] bytes) {
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String nameOf(byte[] input) {
        var crc = new CRC32C();
        crc.update(input);
        return HexFormat.of().toHexDigits((int) crc.getValue()) + "-" + input.length;
    }

    boolean isEmpty() {
        return inputs.isEmpty();
    }

    /// One of them; the later ones more often, since they reached what is harder to reach.
    byte[] pick(Random random) {
        int one = random.nextInt(inputs.size());
        int other = random.nextInt(inputs.size());
        return inputs.get(Math.max(one, other));
    }

    int size() {
        return inputs.size();
    }
}
