// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.millrace.v1.PublisherServiceGrpc;
import java.util.concurrent.TimeUnit;

/** What a broker says of itself. All methods block. */
final class Health implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 10;

    private final ManagedChannel channel;

    Health(String endpoint) {
        channel = ManagedChannelBuilder.forTarget(endpoint).usePlaintext().build();
    }

    /** It serves at all. */
    boolean isServing() {
        return of("") == ServingStatus.SERVING;
    }

    /** It says that nothing can be stored. */
    boolean isPublishingAway() {
        return of(PublisherServiceGrpc.SERVICE_NAME) == ServingStatus.NOT_SERVING;
    }

    /** It says that events can be stored. */
    boolean isPublishingThere() {
        return of(PublisherServiceGrpc.SERVICE_NAME) == ServingStatus.SERVING;
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    private ServingStatus of(String service) {
        try {
            return HealthGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .check(HealthCheckRequest.newBuilder().setService(service).build())
                    .getStatus();
        } catch (StatusRuntimeException e) {
            return ServingStatus.UNKNOWN;
        }
    }
}
