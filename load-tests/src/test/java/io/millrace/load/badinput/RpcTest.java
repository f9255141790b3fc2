// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import io.millrace.broker.Broker;
import io.millrace.core.log.EventLog;
import io.millrace.core.memory.MemoryEventLog;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RpcTest {
    private static final String OF_EVERY_SERVER = "grpc.reflection.v1alpha.ServerReflection";

    @Test
    void everyServiceThatABrokerTellsOfIsCalled() throws IOException {
        Set<String> called =
                Rpc.all().stream().map(rpc -> rpc.method().getServiceName()).collect(Collectors.toSet());

        assertThat(servicesOfABroker()).isNotEmpty().isSubsetOf(called).doesNotContain(OF_EVERY_SERVER);
    }

    private static List<String> servicesOfABroker() throws IOException {
        try (EventLog log = MemoryEventLog.create();
                Broker broker = Broker.builder().log(log).port(0).start()) {
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", broker.port())
                    .usePlaintext()
                    .build();
            try {
                Answer answer = new Answer();
                StreamObserver<ServerReflectionRequest> questions =
                        ServerReflectionGrpc.newStub(channel).serverReflectionInfo(answer);
                questions.onNext(ServerReflectionRequest.newBuilder()
                        .setListServices("*")
                        .build());
                ServerReflectionResponse response =
                        answer.first.orTimeout(20, TimeUnit.SECONDS).join();
                questions.onCompleted();
                return response.getListServicesResponse().getServiceList().stream()
                        .map(ServiceResponse::getName)
                        .toList();
            } finally {
                channel.shutdownNow();
            }
        }
    }

    private static final class Answer implements StreamObserver<ServerReflectionResponse> {
        private final CompletableFuture<ServerReflectionResponse> first = new CompletableFuture<>();

        @Override
        public void onNext(ServerReflectionResponse response) {
            first.complete(response);
        }

        @Override
        public void onError(Throwable failure) {
            first.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            first.cancel(false);
        }
    }
}
