package io.moldau.broker.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/// Where a broker's settings come from; a later one wins over an earlier one: file, environment,
/// `--override`.
///
/// @param environment the process's whole environment, not yet told apart from settings
public record Sources(
        Map<String, String> file, Map<String, String> environment, Map<String, String> overrides) {

    public static Sources none() {
        return new Sources(Map.of(), Map.of(), Map.of());
    }

    /// Settings as one map, as tests and embedders have them.
    public static Sources of(Map<String, String> settings) {
        return new Sources(settings, Map.of(), Map.of());
    }

    /// @param overrides `key=value`, as they stand on the command line
    /// @throws InvalidSettingException the file cannot be read, or an override has no `=`
    public static Sources read(
            Optional<Path> file, Map<String, String> environment, List<String> overrides) {
        return new Sources(
                file.map(Sources::properties).orElse(Map.of()), environment, pairs(overrides));
    }

    private static Map<String, String> properties(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (NoSuchFileException missing) {
            throw new InvalidSettingException("There is no settings file " + file + ".");
        } catch (IOException | IllegalArgumentException unreadable) {
            throw new InvalidSettingException(
                    "The settings file "
                            + file
                            + " cannot be read: "
                            + unreadable.getMessage()
                            + ".");
        }
        Map<String, String> settings = new LinkedHashMap<>();
        properties.stringPropertyNames().stream()
                .sorted()
                .forEach(name -> settings.put(name, properties.getProperty(name)));
        return settings;
    }

    private static Map<String, String> pairs(List<String> overrides) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String pair : overrides) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new InvalidSettingException(
                        "--override needs key=value, such as num.partitions=3; it got '"
                                + pair
                                + "'.");
            }
            settings.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return settings;
    }
}
