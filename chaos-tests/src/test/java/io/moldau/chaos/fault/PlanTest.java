package io.moldau.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moldau.chaos.fault.FaultKind.Family;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final Set<FaultKind> ALL = EnumSet.allOf(FaultKind.class);

    private static List<Episode> episodes(long seed, int count) {
        var plan = Plan.of(seed, ALL);
        return IntStream.range(0, count).mapToObj(_ -> plan.next()).toList();
    }

    @Property(tries = 20)
    void theSameSeedPlansTheSame(@ForAll long seed) {
        assertThat(episodes(seed, 100)).isEqualTo(episodes(seed, 100));
    }

    @Test
    void anotherSeedPlansSomethingElse() {
        assertThat(episodes(1, 10)).isNotEqualTo(episodes(2, 10));
    }

    /// Otherwise a majority might have lost what was promised.
    @Property(tries = 50)
    void aDiskIsDamagedOnlyWhileNoProcessIsAwayForAnotherReason(@ForAll long seed) {
        for (var episode : episodes(seed, 100)) {
            long disks = count(episode, Family.DISK);
            assertThat(disks).isLessThanOrEqualTo(1);
            if (disks == 1) {
                assertThat(episode.faults())
                        .as("%s", episode)
                        .filteredOn(fault -> fault.kind().takesReplicas())
                        .hasSize(1);
                assertThat(episode.faults().getFirst().kind().family()).isEqualTo(Family.DISK);
                assertThat(episode.faults().getFirst().aim())
                        .isIn(Aim.ONE, Aim.LEADER, Aim.CONTROLLER);
            }
        }
    }

    private static long count(Episode episode, Family family) {
        return episode.faults().stream().filter(fault -> fault.kind().family() == family).count();
    }

    @Property(tries = 20)
    void everyKindComesOnceInARound(@ForAll long seed) {
        var counts = new EnumMap<FaultKind, Integer>(FaultKind.class);
        for (var episode : episodes(seed, 200)) {
            episode.faults().forEach(fault -> counts.merge(fault.kind(), 1, Integer::sum));
        }
        int least = counts.values().stream().mapToInt(count -> count).min().orElse(0);
        int most = counts.values().stream().mapToInt(count -> count).max().orElse(0);
        assertThat(counts).hasSize(ALL.size());
        assertThat(most - least).isLessThanOrEqualTo(1);
    }

    @Property(tries = 20)
    void lastsAsLongAsItsKindMay(@ForAll long seed) {
        for (var episode : episodes(seed, 100)) {
            assertThat(episode.faults()).isNotEmpty().hasSizeLessThanOrEqualTo(3);
            assertThat(episode.faults())
                    .allSatisfy(fault -> {
                        assertThat(fault.lastsMs())
                                .isBetween(fault.kind().lastsMsMin(), fault.kind().lastsMsMax());
                        assertThat(fault.afterMs()).isBetween(0L, 3_500L);
                    });
        }
    }

    /// 360 an hour, when processes take two seconds to start and replicas three to be in sync.
    @Test
    void faultsComeEveryTenSeconds() {
        long ms = 0;
        int faults = 0;
        for (var episode : episodes(7, 1000)) {
            faults += episode.faults().size();
            ms += lastsMs(episode) + 5_000 + episode.calmMs();
        }
        assertThat(faults / (ms / 3_600_000.0)).isGreaterThan(360);
    }

    private static long lastsMs(Episode episode) {
        return episode.faults().stream()
                .mapToLong(fault ->
                        fault.afterMs()
                                + fault.lastsMs()
                                + (fault.kind() == FaultKind.ROLLING ? 12_000 : 0))
                .max()
                .orElse(0);
    }

    @Test
    void fewKindsAreEnough() {
        var plan = Plan.of(3, EnumSet.of(FaultKind.DISK_LOSS, FaultKind.KILL));

        for (int i = 0; i < 50; i++) {
            assertThat(plan.next().faults()).hasSize(1);
        }
    }

    @Test
    void kindsAreNamedOneByOneOrByFamily() {
        assertThat(FaultKind.of(List.of("cut-one-way", "kill")))
                .containsExactlyInAnyOrder(FaultKind.KILL, FaultKind.CUT_ONE_WAY);
        assertThat(FaultKind.of(List.of("disks")))
                .contains(FaultKind.FLIP_BITS, FaultKind.DISK_FULL)
                .allMatch(kind -> kind.family() == Family.DISK);
        assertThatThrownBy(() -> FaultKind.of(List.of("earthquake")))
                .hasMessageContaining("no fault 'earthquake'")
                .hasMessageContaining("rolling");
    }
}
