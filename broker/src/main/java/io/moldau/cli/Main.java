package io.moldau.cli;

import io.moldau.broker.logging.Logging;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
        subcommands = {
            TopicsCommand.class,
            GroupsCommand.class,
            ProduceCommand.class,
            ConsumeCommand.class,
            ConfigsCommand.class,
            ClusterCommand.class
        },
        footer = {
            "",
            "moldau COMMAND --help explains one command. MOLDAU_BOOTSTRAP=HOST:PORT says where the broker is.",
            "Exit status: 0 done, 1 failed, 2 not understood, 3 bad setting, 4 address in use,",
            "5 data directory in use or not writable, 6 data of another cluster, 7 no Java 25."
        })
public final class Main implements Callable<Integer> {
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

    /// Runs one command line in this process.
    ///
    /// @return the exit status, see README.md
    public static int run(Session session, String... args) {
        var line = new CommandLine(new Main(session));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setOut(
                new java.io.PrintWriter(
                        session.out(), true, java.nio.charset.StandardCharsets.UTF_8));
        line.setErr(
                new java.io.PrintWriter(
                        session.err(), true, java.nio.charset.StandardCharsets.UTF_8));
        line.setExecutionExceptionHandler((failure, _, _) -> explain(session, failure));
        line.setParameterExceptionHandler((misuse, given) -> explain(session, misuse, given));
        try {
            return line.execute(asMoldauTakesIt(args));
        } catch (CliException untranslatable) {
            return explain(session, untranslatable);
        }
    }

    /// `moldau kafka-topics --list` does what `moldau topics list` does.
    private static String[] asMoldauTakesIt(String[] args) {
        var given = new KafkaLine(List.of(args));
        if (!given.isOfKafkasTool()) {
            return args;
        }
        var advice =
                given.has("--zookeeper")
                        ? OlderFlags.advice(List.of(args))
                        : Optional.<String>empty();
        if (advice.isPresent()) {
            throw CliException.usage(advice.get());
        }
        return given.translated().toArray(String[]::new);
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
