// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.endpoint;

import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.refusal.RefusedException;
import io.millrace.wire.StatusCodec;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** What becomes of an exception on its way to a client. */
final class Errors {
    private static final Logger LOG = LoggerFactory.getLogger(Errors.class);

    private Errors() {}

    /** A refusal as its status; a fault is logged under an id, and only the id is told. */
    static Throwable toStatus(Throwable failure) {
        if (failure instanceof RefusedException refused) {
            return StatusCodec.toException(refused.refusal());
        }
        if (failure instanceof StatusRuntimeException || failure instanceof StatusException) {
            return failure;
        }
        String id = UUID.randomUUID().toString();
        LOG.error("fault {}", id, failure);
        return StatusCodec.toException(new Refusal(Reason.INTERNAL_ERROR, "fault " + id, Map.of("fault_id", id)));
    }

    /** The answer of a call that is in the contract and not built yet. */
    static <T> Mono<T> notSupported(String what) {
        return Mono.error(Refusal.of(Reason.NOT_SUPPORTED, what).asException());
    }
}
