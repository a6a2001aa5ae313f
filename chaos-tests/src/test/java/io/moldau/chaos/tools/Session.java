package io.moldau.chaos.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.chaos.run.BrokerProcess;
import io.moldau.chaos.run.BrokerProcess.Launch;
import io.moldau.chaos.tools.Goldens.Shown;
import io.moldau.chaos.tools.Script.Directive;
import io.moldau.chaos.tools.Script.Heading;
import io.moldau.chaos.tools.Script.Output;
import io.moldau.chaos.tools.Script.Run;
import io.moldau.chaos.tools.Script.Step;
import io.moldau.chaos.tools.StockTools.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.OffsetSpec;

/// Plays a script against one broker and writes down what a person would have seen, without what
/// differs from run to run.
final class Session implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private final StockTools tools;
    private final Launch launch;
    private final Map<String, StockTools.Running> running = new LinkedHashMap<>();
    private BrokerProcess broker;

    Session(StockTools tools, Launch launch) {
        this.tools = tools;
        this.launch = launch;
        broker = BrokerProcess.start(launch);
    }

    List<Shown> play(List<Step> script) {
        var shown = new ArrayList<Shown>();
        for (var step : script) {
            shown.add(new Shown(step, play(step)));
        }
        return shown;
    }

    private String play(Step step) {
        return switch (step) {
            case Heading _ -> "";
            case Run run when run.name().isEmpty() ->
                    plain(
                            tools.run(run.tool(), addressed(run.arguments()), run.input()),
                            run.output());
            case Run run -> {
                running.put(
                        run.name(),
                        tools.start(run.tool(), addressed(run.arguments()), run.input()));
                yield "";
            }
            case Directive directive -> obey(directive.words());
        };
    }

    private String obey(List<String> words) {
        return switch (words.getFirst()) {
            case "stop" -> {
                var outputs =
                        words.stream()
                                .skip(1)
                                .map(name -> running.remove("[" + name + "]").stop().output());
                yield plain(
                        new Result(0, outputs.collect(Collectors.joining()), ""),
                        new Output(false, true, 1_000));
            }
            case "members" -> {
                awaitMembers(words.get(1), Integer.parseInt(words.get(2)));
                yield "";
            }
            case "read" -> {
                awaitRead(words.get(1));
                yield "";
            }
            case "restart" -> {
                broker.stop();
                broker = BrokerProcess.start(launch.withOverrides(words.get(1)));
                yield "";
            }
            default -> throw new IllegalArgumentException(words.toString());
        };
    }

    private List<String> addressed(List<String> arguments) {
        return arguments.stream()
                .map(argument -> argument.replace("BROKER", broker.bootstrap()))
                .toList();
    }

    private String plain(Result result, Output output) {
        var names = new LinkedHashMap<String, String>();
        names.put(broker.bootstrap(), "BROKER");
        names.put(Integer.toString(broker.port()), "PORT");
        return new Plain(names).text(result, output);
    }

    private void awaitMembers(String group, int count) {
        try (var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            await(count + " members of " + group)
                    .atMost(TIMEOUT)
                    .ignoreExceptions()
                    .until(() -> {
                        ConsumerGroupDescription description =
                                admin.describeConsumerGroups(List.of(group)).all().get().get(group);
                        return description.members().stream()
                                        .filter(member ->
                                                !member.assignment().topicPartitions().isEmpty())
                                        .count()
                                == count;
                    });
        }
    }

    private void awaitRead(String group) {
        try (var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            await(group + " has read all")
                    .atMost(TIMEOUT)
                    .untilAsserted(() -> {
                        var positions =
                                admin.listConsumerGroupOffsets(group)
                                        .partitionsToOffsetAndMetadata()
                                        .get();
                        var queries =
                                positions.keySet().stream()
                                        .collect(
                                                Collectors.toMap(
                                                        tp -> tp, _ -> OffsetSpec.latest()));
                        var ends = admin.listOffsets(queries).all().get();
                        assertThat(positions).isNotEmpty();
                        assertThat(positions)
                                .allSatisfy((tp, position) ->
                                        assertThat(position.offset())
                                                .isEqualTo(ends.get(tp).offset()));
                    });
        }
    }

    @Override
    public void close() {
        running.values().forEach(StockTools.Running::stop);
        broker.close();
    }
}
