package io.moldau.cli;

import io.moldau.broker.app.BrokerNode;
import io.moldau.broker.app.StartupException;
import io.moldau.broker.config.BrokerConfig;
import io.moldau.broker.config.InvalidSettingException;
import io.moldau.broker.config.Sources;
import io.moldau.broker.logging.Logging;
import io.moldau.env.Clock;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "start",
        description = {
            "Starts a broker and serves until it is told to stop.",
            "An empty data directory becomes a cluster of one, or with --join a part of the"
                    + " others'",
            "cluster; there is nothing to format."
        })
final class StartCommand extends MoldauCommand {
    private static final Logger LOGGER = LoggerFactory.getLogger(StartCommand.class);

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "settings as Kafka's server.properties has them")
    private Path configFile;

    @Option(
            names = "--override",
            paramLabel = "KEY=VALUE",
            description = "one setting; wins over file and environment")
    private final Map<String, String> overrides = new LinkedHashMap<>();

    @Option(
            names = {"-d", "--data"},
            paramLabel = "DIR,...",
            description = "where the data lives, one directory for each disk; log.dirs")
    private String data;

    @Option(
            names = {"-l", "--listen"},
            paramLabel = "HOST:PORT",
            description = "where clients connect; listeners")
    private String listen;

    @Option(
            names = {"-j", "--join"},
            paramLabel = "HOST:PORT,...",
            description = "cluster addresses of other nodes; cluster.join")
    private String join;

    @Option(
            names = "--log-format",
            paramLabel = "text|json",
            defaultValue = "${env:MOLDAU_LOG_FORMAT:-text}",
            description = "how events are written to standard error")
    private Logging.Format logFormat;

    @Override
    int run() {
        try {
            Logging.install();
            Logging.setFormat(logFormat);
            serve(settings(System.getenv()));
            return ExitStatus.OK;
        } catch (InvalidSettingException wrong) {
            throw new CliException(ExitStatus.BAD_SETTING, wrong.getMessage());
        } catch (StartupException refused) {
            LOGGER.atDebug().setCause(refused).log("start refused");
            throw new CliException(refused.reason().exitCode(), refused.getMessage());
        }
    }

    private void serve(BrokerConfig config) {
        config.warnings().forEach(warning -> LOGGER.atWarn().log(warning));
        var untilStarted = StopOnSignal.endAtOnce();
        var node = BrokerNode.start(config, Clock.system());
        untilStarted.run();
        var stop = new StopOnSignal(node);
        stop.install();
        var banner = new Banner(config, node);
        if (session().terminal()) {
            session().out().print(banner.text(session()));
            session().out().flush();
        } else {
            banner.log(LOGGER);
        }
        StartUpCache.makeLater();
        var reason = node.failure().join();
        stop.forget();
        node.close();
        throw CliException.failure(reason);
    }

    BrokerConfig settings(Map<String, String> environment) {
        var own = new LinkedHashMap<>(overrides);
        if (data != null) {
            own.put("log.dirs", absolute(data));
        }
        if (listen != null) {
            own.put("listeners", "PLAINTEXT://" + checkedAddress(listen));
        }
        if (join != null) {
            own.put("cluster.join", join);
        }
        return BrokerConfig.load(new Sources(file(environment), environment, own));
    }

    private static String absolute(String directories) {
        return Pattern.compile(",")
                .splitAsStream(directories)
                .map(String::strip)
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory).toAbsolutePath().normalize().toString())
                .collect(Collectors.joining(","));
    }

    private static String checkedAddress(String address) {
        if (!address.matches(".*:\\d{1,5}")) {
            throw CliException.usage(
                    "%s is no address to listen on; write HOST:PORT, as in localhost:9092 or :9092."
                            .formatted(address));
        }
        return address;
    }

    /// Without a file only the data directory differs from what Kafka does: `/tmp` is a bad place
    /// to keep anything, and Kafka's own data may be there.
    private Map<String, String> file(Map<String, String> environment) {
        if (configFile == null) {
            return Map.of("log.dir", DataFolder.byDefault(environment).toString());
        }
        var properties = new Properties();
        try (Reader reader = Files.newBufferedReader(configFile, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (NoSuchFileException missing) {
            throw new CliException(
                    ExitStatus.BAD_SETTING,
                    "There is no settings file %s.".formatted(missing.getFile()));
        } catch (IOException | IllegalArgumentException unreadable) {
            throw new CliException(
                    ExitStatus.BAD_SETTING,
                    "Cannot read the settings file %s: %s."
                            .formatted(configFile, unreadable.getMessage()));
        }
        var settings = new LinkedHashMap<String, String>();
        properties
                .stringPropertyNames()
                .forEach(name -> settings.put(name, properties.getProperty(name)));
        return settings;
    }
}
