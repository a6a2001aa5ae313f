package io.moldau.broker.api;

import static io.moldau.broker.api.AdminRig.call;
import static io.moldau.broker.api.AdminRig.error;
import static io.moldau.broker.api.AdminRig.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataCommand.AllocateProducerIds;
import io.moldau.metadata.Outcome;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class InitProducerIdHandlerTest {
    private static final int LATEST = 5;

    private final AdminRig rig = new AdminRig();
    private final InitProducerIdHandler handler =
            new InitProducerIdHandler(new ProducerIds(AdminRig.NODE, rig.metadata));

    @Test
    void everyProducerGetsAnIdOfItsOwnAtEveryVersion() {
        var ids = new HashSet<Long>();
        for (int version = 0; version <= LATEST; version++) {
            var answer = call(handler, version, request());
            assertThat(error(answer.errorCode())).isEqualTo(Errors.NONE);
            assertThat(answer.producerEpoch()).isZero();
            ids.add(answer.producerId());
        }
        assertThat(ids).hasSize(LATEST + 1).allMatch(id -> id >= 0);
    }

    @Test
    void oneCommandIsEnoughForABlockOfProducers() {
        // when
        for (int i = 0; i <= ClusterImage.PRODUCER_ID_BLOCK; i++) {
            call(handler, LATEST, request());
        }

        // then
        assertThat(rig.store.applied().stream().filter(AllocateProducerIds.class::isInstance))
                .hasSize(2);
    }

    @Test
    void whoeverComesWhileABlockIsOnItsWayIsServedFromIt() {
        // given
        rig.store.hold();
        var answers = new ArrayList<CompletableFuture<InitProducerIdResponseData>>();
        for (int i = 0; i < ClusterImage.PRODUCER_ID_BLOCK + 5; i++) {
            answers.add(start(handler, LATEST, request()));
        }
        assertThat(rig.store.waiting()).isEqualTo(1);

        // when
        rig.store.release();

        // then
        assertThat(answers).allMatch(CompletableFuture::isDone);
        assertThat(answers.stream().map(answer -> answer.join().producerId()))
                .doesNotHaveDuplicates();
    }

    @Test
    void aNodeThatStartsAgainReusesNoId() {
        // given
        var before = call(handler, LATEST, request()).producerId();
        var restarted = new InitProducerIdHandler(new ProducerIds(AdminRig.NODE, rig.metadata));

        // when
        var after = call(restarted, LATEST, request()).producerId();

        // then
        assertThat(after).isGreaterThan(before);
    }

    @Test
    void aRefusedBlockIsARetriableError() {
        // given
        var refusing =
                new MetadataAccess() {
                    @Override
                    public ClusterImage image() {
                        return rig.image();
                    }

                    @Override
                    public CompletableFuture<Outcome> submit(MetadataCommand command) {
                        return CompletableFuture.completedFuture(
                                new Outcome.Refused(Errors.STALE_BROKER_EPOCH, "restarted"));
                    }
                };

        // when
        var answer = new ProducerIds(AdminRig.NODE, refusing).next();

        // then
        assertThatThrownBy(answer::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(RetriableException.class);
    }

    @Test
    void aProducerThatComesAgainGetsANewId() {
        // when
        var answer = call(handler, LATEST, request().setProducerId(77).setProducerEpoch((short) 3));

        // then
        assertThat(answer.producerId()).isNotEqualTo(77);
        assertThat(answer.producerEpoch()).isZero();
    }

    @Test
    void halfAnIdentityIsRefused() {
        // when
        var noEpoch = call(handler, LATEST, request().setProducerId(77));
        var noId = call(handler, LATEST, request().setProducerEpoch((short) 3));

        // then
        assertThat(List.of(noEpoch, noId))
                .extracting(refused -> error(refused.errorCode()))
                .containsOnly(Errors.INVALID_REQUEST);
    }

    @Test
    void transactionsAreRefusedForGood() {
        // when
        var transactional = call(handler, LATEST, request().setTransactionalId("tx"));
        var nameless = call(handler, LATEST, request().setTransactionalId(""));

        // then
        assertThat(error(transactional.errorCode())).isEqualTo(Errors.UNSUPPORTED_VERSION);
        assertThat(error(transactional.errorCode()).exception())
                .isNotInstanceOf(RetriableException.class);
        assertThat(transactional.producerId()).isEqualTo(-1);
        assertThat(error(nameless.errorCode())).isEqualTo(Errors.INVALID_REQUEST);
    }

    private static InitProducerIdRequestData request() {
        return new InitProducerIdRequestData()
                .setTransactionalId(null)
                .setTransactionTimeoutMs(60_000);
    }
}
