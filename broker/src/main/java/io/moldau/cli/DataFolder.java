package io.moldau.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Where data is kept if nobody says otherwise.
final class DataFolder {
    private DataFolder() {}

    static Path byDefault(Map<String, String> environment) {
        return Optional.ofNullable(environment.get("XDG_DATA_HOME"))
                .filter(home -> !home.isBlank())
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".local", "share"))
                .resolve("moldau");
    }
}
