package io.moldau.chaos.check;

import io.moldau.chaos.check.Anomaly.Kind;
import io.moldau.chaos.check.TopicOperation.Answer;
import io.moldau.chaos.check.TopicOperation.Ask;
import io.moldau.chaos.history.Operation;
import io.moldau.chaos.history.Operation.Stage;
import io.moldau.chaos.history.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Judges what admins were told about topics: for each topic there must be an order of what was
/// asked that explains every answer.
///
/// ```
/// {… :type :invoke, :f :create-topic, :value ["meta-3" 2]}
/// {… :type :ok, :f :create-topic, :value ["meta-3" 2]}
/// {… :type :fail, :f :create-partitions, :value ["meta-3" 2], :error "not-more"}
/// {… :type :ok, :f :describe-topic, :value ["meta-3" nil]}
/// {… :type :info, :f :delete-topic, :value ["meta-3"]}
/// ```
///
/// A refusal says what it is for: `exists`, `absent` or `not-more`. Any other failure tells
/// nothing.
public final class MetadataChecker {
    private static final int LINES_MAX = 24;

    private final Findings findings = new Findings();
    private final Outcomes outcomes = new Outcomes(findings);
    private final Map<String, List<TopicOperation>> byTopic = new TreeMap<>();
    private final Map<Integer, Operation> open = new HashMap<>();
    private final List<Anomaly> anomalies = new ArrayList<>();
    private Map<String, Map<String, Long>> operations = Map.of();

    public void on(Operation op) {
        if (!op.isClient()) {
            return;
        }
        var began = outcomes.follow(op);
        if (began == null) {
            return;
        }
        if (op.type() == Stage.INVOKE) {
            open.put(op.process(), op);
        } else {
            open.remove(op.process());
            note(began, op);
        }
    }

    private void note(Operation began, Operation ended) {
        var answer = answer(ended);
        if (answer == null) {
            return; // It failed for a reason that says nothing about the topic.
        }
        boolean known = answer != Answer.UNKNOWN;
        boolean told = known && began.f().equals("describe-topic");
        byTopic.computeIfAbsent(name(began), _ -> new ArrayList<>())
                .add(
                        new TopicOperation(
                                ask(began),
                                answer,
                                partitions(told ? ended : began),
                                began.timeNanos(),
                                known ? ended.timeNanos() : Long.MAX_VALUE,
                                List.of(began.toString(), ended.toString())));
    }

    private static Ask ask(Operation op) {
        return switch (op.f()) {
            case "create-topic" -> Ask.CREATE;
            case "delete-topic" -> Ask.DELETE;
            case "create-partitions" -> Ask.GROW;
            case "describe-topic" -> Ask.DESCRIBE;
            default -> throw unknown(op);
        };
    }

    private static Answer answer(Operation ended) {
        return switch (ended.type()) {
            case OK -> Answer.DONE;
            case INFO -> Answer.UNKNOWN;
            case FAIL ->
                    switch (ended.notes().error()) {
                        case "exists" -> Answer.EXISTS;
                        case "absent" -> Answer.ABSENT;
                        case "not-more" -> Answer.NOT_MORE;
                        default -> null;
                    };
            case INVOKE -> throw unknown(ended);
        };
    }

    private static String name(Operation op) {
        if (part(op, 0) instanceof String name) {
            return name;
        }
        throw unknown(op);
    }

    private static int partitions(Operation op) {
        return part(op, 1) instanceof Long partitions ? Math.toIntExact(partitions) : 0;
    }

    private static Object part(Operation op, int place) {
        return op.value() instanceof Value.Other(List<?> parts) && parts.size() > place
                ? parts.get(place)
                : null;
    }

    private static IllegalArgumentException unknown(Operation op) {
        return new IllegalArgumentException("not an operation on a topic: " + op);
    }

    /// Judges every topic. Called once, when the history is whole.
    public void end() {
        open.values().forEach(this::noteUnended);
        byTopic.forEach(this::judge);
        operations = outcomes.counts();
    }

    private void noteUnended(Operation began) {
        byTopic.computeIfAbsent(name(began), _ -> new ArrayList<>())
                .add(
                        new TopicOperation(
                                ask(began),
                                Answer.UNKNOWN,
                                partitions(began),
                                began.timeNanos(),
                                Long.MAX_VALUE,
                                List.of(began.toString())));
    }

    private void judge(String topic, List<TopicOperation> asked) {
        switch (new Linearization(asked).find()) {
            case POSSIBLE -> {
                // As promised.
            }
            case IMPOSSIBLE ->
                    add(
                            Kind.NOT_LINEARIZABLE,
                            "no order of the %d operations on topic %s explains their answers"
                                    .formatted(asked.size(), topic),
                            asked);
            case UNDECIDED ->
                    add(
                            Kind.MALFORMED_HISTORY,
                            "too much at once on topic %s to be judged".formatted(topic),
                            asked);
        }
    }

    private void add(Kind kind, String detail, List<TopicOperation> asked) {
        if (findings.keeps(kind)) {
            var lines = asked.stream().flatMap(op -> op.lines().stream()).limit(LINES_MAX).toList();
            anomalies.add(new Anomaly(kind, -1, detail, lines));
        }
        findings.count(kind);
    }

    /// What was found, with its lines.
    public List<Anomaly> anomalies() {
        var all = new ArrayList<>(anomalies);
        findings.kept()
                .forEach(finding ->
                        all.add(
                                new Anomaly(
                                        finding.kind(),
                                        finding.index(),
                                        finding.detail(),
                                        List.of())));
        return all;
    }

    /// How many of each kind, by its label.
    public Map<String, Long> counts() {
        return findings.counts();
    }

    /// By `:f`, then by outcome.
    public Map<String, Map<String, Long>> operations() {
        return operations;
    }
}
