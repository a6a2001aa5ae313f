package io.moldau.chaos.fuzz;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/// Ways to break a stretch of bytes.
final class Mutations {
    private static final int[] LIES = {
        Integer.MAX_VALUE, Integer.MIN_VALUE, -1, 0, 1, 1_000_001, 0x00ff_ffff, 10_001
    };
    private static final int FLIPS_MAX = 6;
    private static final int NOISE_BYTES_MAX = 64;

    private Mutations() {}

    /// A copy, with one to three things wrong.
    static byte[] broken(byte[] input, Random random) {
        var bytes = input.clone();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            bytes = once(bytes, random);
        }
        return bytes;
    }

    private static byte[] once(byte[] bytes, Random random) {
        if (bytes.length == 0) {
            return noise(random);
        }
        return switch (random.nextInt(7)) {
            case 0 -> Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            case 1 -> withLie(bytes, random);
            case 2 -> withRepeat(bytes, random);
            case 3 -> withNoise(bytes, random);
            default -> flipped(bytes, random);
        };
    }

    private static byte[] flipped(byte[] bytes, Random random) {
        for (int i = 1 + random.nextInt(FLIPS_MAX); i > 0; i--) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
        }
        return bytes;
    }

    /// Somewhere stands a count or a length that promises the world.
    private static byte[] withLie(byte[] bytes, Random random) {
        int lie = LIES[random.nextInt(LIES.length)];
        if (bytes.length < Integer.BYTES) {
            bytes[0] = (byte) lie;
        } else {
            int at = random.nextInt(bytes.length - Integer.BYTES + 1);
            ByteBuffer.wrap(bytes).putInt(at, lie);
        }
        return bytes;
    }

    private static byte[] withRepeat(byte[] bytes, Random random) {
        int from = random.nextInt(bytes.length);
        int count = 1 + random.nextInt(Math.min(bytes.length - from, NOISE_BYTES_MAX));
        return inserted(bytes, from, Arrays.copyOfRange(bytes, from, from + count));
    }

    private static byte[] withNoise(byte[] bytes, Random random) {
        return inserted(bytes, random.nextInt(bytes.length), noise(random));
    }

    private static byte[] inserted(byte[] bytes, int at, byte[] more) {
        return ByteBuffer.allocate(bytes.length + more.length)
                .put(bytes, 0, at)
                .put(more)
                .put(bytes, at, bytes.length - at)
                .array();
    }

    private static byte[] noise(Random random) {
        var noise = new byte[1 + random.nextInt(NOISE_BYTES_MAX)];
        random.nextBytes(noise);
        return noise;
    }
}
