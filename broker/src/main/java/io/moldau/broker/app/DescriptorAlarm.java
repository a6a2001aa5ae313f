package io.moldau.broker.app;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the operator before the descriptors run out: once at 80 %, and again only after it was
/// less for a while. One thread.
final class DescriptorAlarm {
    private static final Logger LOGGER = LoggerFactory.getLogger(DescriptorAlarm.class);
    private static final double ALARM = 0.8;
    private static final double RELIEF = 0.7;

    private final long limit;
    private boolean raised;

    DescriptorAlarm(long limit) {
        this.limit = limit;
    }

    /// @param used at this moment; negative when unknown
    void look(long used) {
        if (!raised && used >= ALARM * limit) {
            raised = true;
            LOGGER.atWarn()
                    .log(
                            "%d of %d file descriptors are in use: raise the limit (ulimit -n), or have fewer connections."
                                    .formatted(used, limit));
        } else if (raised && used < RELIEF * limit) {
            raised = false;
        }
    }

    boolean isRaised() {
        return raised;
    }
}
