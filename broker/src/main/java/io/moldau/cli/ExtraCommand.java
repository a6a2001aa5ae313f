package io.moldau.cli;

/// A command that another module brings with it; found by [java.util.ServiceLoader].
public interface ExtraCommand {
    /// The word behind `moldau`.
    String name();

    /// An object that picocli runs.
    Object command();
}
