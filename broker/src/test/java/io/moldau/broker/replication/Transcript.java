package io.moldau.broker.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;

/// A test written as what was said: lines with `>` go in, the lines below each are what must come
/// out.
abstract class Transcript {
    static final long START_MS = 1_000_000;

    final List<String> output = new ArrayList<>();
    long nowMs = START_MS;

    /// Does what the line says, and adds to the output what came of it.
    abstract void enter(String word, Scanner rest);

    void check(String transcript) {
        var lines = new ArrayList<String>();
        for (var line : transcript.strip().lines().toList()) {
            if (line.startsWith(">")) {
                lines.add(line.strip());
                output.clear();
                var scanner = new Scanner(line.substring(1));
                enter(scanner.next(), scanner);
                output.forEach(effect -> lines.add("  " + effect));
            }
        }
        assertThat(String.join("\n", lines)).isEqualTo(transcript.strip());
    }

    static List<Integer> nodes(String list) {
        var nodes = new ArrayList<Integer>();
        for (var node : list.split(",", -1)) {
            nodes.add(Integer.valueOf(node));
        }
        return nodes;
    }
}
