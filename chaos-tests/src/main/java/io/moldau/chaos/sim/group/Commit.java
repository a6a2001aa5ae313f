package io.moldau.chaos.sim.group;

/// What a commit's metadata says of where it comes from, since the command itself does not.
///
/// @param serial unlike that of any other attempt in the simulation
record Commit(int generation, long serial) {
    String metadata() {
        return generation + " " + serial;
    }

    static Commit of(String metadata) {
        int space = metadata.indexOf(' ');
        return new Commit(
                Integer.parseInt(metadata.substring(0, space)),
                Long.parseLong(metadata.substring(space + 1)));
    }
}
