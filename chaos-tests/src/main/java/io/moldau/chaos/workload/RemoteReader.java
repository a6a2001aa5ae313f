package io.moldau.chaos.workload;

import io.moldau.chaos.history.Mop.Batch;
import io.moldau.chaos.history.Mop.Found;
import io.moldau.chaos.history.Mop.Poll;
import io.moldau.chaos.history.Mop.Polled;
import io.moldau.chaos.history.Notes;
import io.moldau.chaos.history.Operation.Stage;
import io.moldau.chaos.history.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;

/// A consumer of another library, which is assigned every partition and reads on from near the
/// ends.
final class RemoteReader extends RemoteLoad {
    private static final int BACK_MAX = 1_000;
    private static final int POLL_MS = 300;

    private boolean assigned;

    RemoteReader(Scene scene, String library, String name, long seed) {
        super(scene, library, name, new Random(seed));
    }

    @Override
    boolean step(RemoteClient client) {
        assigned = assigned || assign(client);
        boolean stays = assigned && poll(client);
        assigned = stays; // Whoever comes after has to ask for its partitions anew.
        return stays;
    }

    @Override
    void onReplaced() {
        assigned = false;
    }

    private boolean assign(RemoteClient client) {
        var keys = LongStream.range(0, scene().keys().size()).boxed().toList();
        scene().history().invoke(process(), "assign", new Value.Keys(keys));
        var places =
                IntStream.range(0, scene().keys().size())
                        .mapToObj(key -> {
                            var partition = scene().keys().partition(key);
                            long end = scene().keys().acknowledgedEnd(key);
                            return "%s:%d:%d"
                                    .formatted(
                                            partition.topic(),
                                            partition.partition(),
                                            Math.max(0, end - random().nextInt(BACK_MAX)));
                        });
        var answer = client.ask("assign " + RemoteClient.joined(places));
        boolean done = answer.equals("assigned");
        scene().history()
                .complete(
                        process(),
                        done ? Stage.OK : Stage.INFO,
                        "assign",
                        new Value.Keys(keys),
                        done ? Notes.NONE : Notes.ofError(answer));
        return done;
    }

    private boolean poll(RemoteClient client) {
        var asked = Value.of(new Poll());
        scene().history().invoke(process(), "poll", asked);
        var answer = client.ask("poll " + POLL_MS);
        if (!answer.startsWith("polled")) {
            scene().history().complete(process(), Stage.INFO, "poll", asked, Notes.ofError(answer));
            return false;
        }
        var batches = batches(answer);
        scene().meter().onPolled(batches.stream().mapToInt(b -> b.records().size()).sum());
        scene().history()
                .complete(process(), Stage.OK, "poll", Value.of(new Polled(batches)), Notes.NONE);
        return true;
    }

    /// `polled chaos-0:3:17=42 …`
    private List<Batch> batches(String answer) {
        var words = answer.split(" ", -1);
        Map<TopicPartition, List<Found>> found = new LinkedHashMap<>();
        for (int i = 1; i < words.length && !words[i].isEmpty(); i++) {
            var parts = words[i].split("[:=]", -1);
            var partition = new TopicPartition(parts[0], Integer.parseInt(parts[1]));
            found.computeIfAbsent(partition, _ -> new ArrayList<>())
                    .add(new Found(Long.parseLong(parts[2]), Long.parseLong(parts[3])));
        }
        return found.entrySet().stream()
                .map(entry -> new Batch(scene().keys().key(entry.getKey()), entry.getValue()))
                .toList();
    }
}
