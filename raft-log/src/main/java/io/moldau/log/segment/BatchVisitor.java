package io.moldau.log.segment;

/// Is shown one batch after the other, the scanner standing on it.
@FunctionalInterface
public interface BatchVisitor {
    void visit(BatchScanner batch);
}
