package io.moldau.env.sim;

/// What a disk is told to do besides reading and writing. A disk that is deaf to some of it (see
/// [SimDisk#deafTo]) stands for a program that forgot to ask.
public enum DiskOrder {
    FORCE,
    TRUNCATE,
    RENAME,
    DELETE,
    SYNC_DIRECTORY
}
