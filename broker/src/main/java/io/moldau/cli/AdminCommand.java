package io.moldau.cli;

import io.moldau.cli.text.Json;
import io.moldau.cli.text.Table;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.BiFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// A command that asks the cluster something through Kafka's admin client and prints the answer.
abstract class AdminCommand extends MoldauCommand {
    /// How an answer is printed.
    enum Format {
        TABLE,
        JSON
    }

    @Mixin private ClientOptions client;

    @Option(
            names = "--format",
            paramLabel = "table|json",
            defaultValue = "table",
            description = "for people or for programs")
    private Format format;

    @Override
    final int run() throws Exception {
        try (Admin admin = client.admin()) {
            run(admin);
        }
        return ExitStatus.OK;
    }

    abstract void run(Admin admin) throws Exception;

    final boolean asJson() {
        return format == Format.JSON;
    }

    /// Prints rows, or what is said when there are none.
    final void print(Table table, String whenEmpty) {
        if (asJson()) {
            printJson(table.asObjects());
        } else if (table.isEmpty()) {
            session().err().println(whenEmpty);
        } else {
            session().out().print(table.asText(session()::bold));
        }
    }

    final void printJson(Object value) {
        session().out().println(Json.of(value));
    }

    /// One line for a person about what was done; programs read the exit status.
    final void done(String sentence) {
        if (!asJson()) {
            session().out().println(sentence);
        }
    }

    /// Waits for what was asked to be deleted and says so, in the order of `names`.
    ///
    /// @param about what a person is told of a failure
    final void deleted(
            List<String> names,
            Map<String, KafkaFuture<Void>> results,
            BiFunction<String, Exception, Exception> about)
            throws Exception {
        for (var name : names) {
            try {
                results.get(name).get();
            } catch (ExecutionException failure) {
                throw about.apply(name, failure);
            }
            done("Deleted " + name + ".");
        }
    }
}
