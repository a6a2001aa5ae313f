package io.moldau.broker.api;

import java.util.Arrays;
import org.apache.kafka.common.acl.AclOperation;

/// The bitfields that tell a client what it may do: bit n stands for the operation with code n
/// (KIP-430). Nothing is forbidden here, so every operation that a resource knows is set.
final class AuthorizedOperations {
    /// The schema's value for "was not asked for".
    static final int NOT_ASKED = Integer.MIN_VALUE;

    static final int CLUSTER =
            bits(
                    AclOperation.CREATE,
                    AclOperation.ALTER,
                    AclOperation.DESCRIBE,
                    AclOperation.CLUSTER_ACTION,
                    AclOperation.DESCRIBE_CONFIGS,
                    AclOperation.ALTER_CONFIGS,
                    AclOperation.IDEMPOTENT_WRITE);

    static final int TOPIC =
            bits(
                    AclOperation.READ,
                    AclOperation.WRITE,
                    AclOperation.CREATE,
                    AclOperation.DELETE,
                    AclOperation.ALTER,
                    AclOperation.DESCRIBE,
                    AclOperation.DESCRIBE_CONFIGS,
                    AclOperation.ALTER_CONFIGS);

    private AuthorizedOperations() {}

    private static int bits(AclOperation... operations) {
        return Arrays.stream(operations).mapToInt(operation -> 1 << operation.code()).sum();
    }
}
