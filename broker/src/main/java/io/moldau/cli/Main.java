package io.moldau.cli;

import io.moldau.broker.logging.Logging;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/// `moldau`: finds the command, runs it, and says every failure in one sentence.
@Command(
        name = "moldau",
        description = "A Kafka-compatible broker that coordinates itself, and its tools.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "moldau COMMAND --help explains one command. MOLDAU_BOOTSTRAP=HOST:PORT says where the broker is.",
            "Exit status: 0 done, 1 failed, 2 not understood, 3 bad setting, 4 address in use,",
            "5 data directory in use or not writable, 6 data of another cluster, 7 no Java 25."
        })
public final class Main implements Callable<Integer> {
    private static final Optional<String> NO_ADVICE = Optional.empty();
    private static final List<String> COMMANDS =
            List.of(
                    "start", "dev", "topics", "groups", "produce", "consume", "configs", "cluster",
                    "nodes");

    private final Session session;

    private Main(Session session) {
        this.session = session;
    }

    public static void main(String[] args) {
        var session = Session.ofProcess();
        if (args.length > 0
                && !args[0].equals("start")
                && System.getenv("MOLDAU_LOG_LEVEL") == null) {
            // A command says itself what there is to say; Kafka's clients would say it ten times.
            Logging.setLevels("off,org.apache.kafka=off");
        }
        int status = run(session, args);
        session.out().flush();
        session.err().flush();
        // Client threads may linger for seconds; whoever typed the command does not wait for them.
        StartUpCache.makeNow();
        Runtime.getRuntime().halt(status);
    }

    private static boolean isCommand(String[] args) {
        return args.length > 0 && COMMANDS.contains(args[0]);
    }

    /// Made only where it is needed: reading the options of all commands costs a start its time.
    private static Object command(String name) {
        return switch (name) {
            case "start" -> new StartCommand();
            case "dev" -> new DevCommand();
            case "topics" -> new TopicsCommand();
            case "groups" -> new GroupsCommand();
            case "produce" -> new ProduceCommand();
            case "consume" -> new ConsumeCommand();
            case "configs" -> new ConfigsCommand();
            case "cluster" -> new ClusterCommand();
            case "nodes" -> new NodesCommand();
            default -> throw new IllegalArgumentException("no command " + name);
        };
    }

    /// Runs one command line in this process.
    ///
    /// @return the exit status, see README.md
    public static int run(Session session, String... given) {
        if (new KafkaLine(List.of(given)).isOfKafkasTool()) {
            return runAsKafkasTool(session, given);
        }
        return execute(session, given);
    }

    private static int execute(Session session, String... args) {
        var line = new CommandLine(new Main(session));
        for (var name : isCommand(args) ? List.of(args[0]) : COMMANDS) {
            line.addSubcommand(name, command(name));
        }
        if (!isCommand(args)) {
            for (var extra : ServiceLoader.load(ExtraCommand.class)) {
                line.addSubcommand(extra.name(), extra.command());
            }
        }
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setOut(
                new java.io.PrintWriter(
                        session.out(), true, java.nio.charset.StandardCharsets.UTF_8));
        line.setErr(
                new java.io.PrintWriter(
                        session.err(), true, java.nio.charset.StandardCharsets.UTF_8));
        line.setExecutionExceptionHandler((failure, _, _) -> explain(session, failure));
        line.setParameterExceptionHandler((misuse, given) -> explain(session, misuse, given));
        return line.execute(args);
    }

    /// `moldau kafka-topics --list` does what `moldau topics list` does.
    private static int runAsKafkasTool(Session session, String... args) {
        var line = new KafkaLine(List.of(args));
        var advice = line.has("--zookeeper") ? OlderFlags.advice(List.of(args)) : NO_ADVICE;
        try {
            if (advice.isPresent()) {
                throw CliException.usage(advice.get());
            }
            return execute(session, line.translated().toArray(String[]::new));
        } catch (CliException untranslatable) {
            return explain(session, untranslatable);
        }
    }

    @Override
    public Integer call() {
        CommandLine.usage(this, session.out());
        return ExitStatus.OK;
    }

    Session session() {
        return session;
    }

    private static int explain(Session session, Exception failure) {
        var said = Failures.explained(failure);
        session.out().flush();
        session.err().println("moldau: " + said.getMessage());
        return said.exitStatus();
    }

    private static int explain(Session session, ParameterException misuse, String[] args) {
        session.err()
                .println(
                        "moldau: "
                                + OlderFlags.advice(List.of(args))
                                        .orElseGet(() -> misunderstood(misuse)));
        return ExitStatus.USAGE;
    }

    private static String misunderstood(ParameterException misuse) {
        var sentence = new ArrayList<String>();
        sentence.add(misuse.getMessage().replace('\n', ' ').strip());
        var suggestions =
                misuse instanceof CommandLine.UnmatchedArgumentException unmatched
                        ? unmatched.getSuggestions()
                        : List.<String>of();
        if (!suggestions.isEmpty()) {
            sentence.add("Did you mean " + String.join(" or ", suggestions) + "?");
        }
        sentence.add(
                "Try: " + misuse.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        return String.join(" ", sentence.stream().map(Main::ended).toList());
    }

    private static String ended(String sentence) {
        return sentence.matches(".*[.?!]") || sentence.startsWith("Try:")
                ? sentence
                : sentence + ".";
    }
}
