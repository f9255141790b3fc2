// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class SharedQuestionTest {
    private final List<Sinks.Empty<Void>> put = new ArrayList<>();
    private final SharedQuestion question = new SharedQuestion(Mono.defer(() -> {
        put.add(Sinks.empty());
        return put.get(put.size() - 1).asMono();
    }));
    private final List<String> heard = new ArrayList<>();

    @Test
    void whoeverAsksWhileItIsUnderWaySharesTheNextTime() {
        ask("a");
        ask("b");
        ask("c");
        assertThat(put).hasSize(1);

        put.get(0).tryEmitEmpty().orThrow();
        assertThat(heard).containsExactly("a");
        assertThat(put).hasSize(2);
        ask("d");
        put.get(1).tryEmitEmpty().orThrow();
        assertThat(heard).containsExactly("a", "b", "c");
        assertThat(put).hasSize(3);
        put.get(2).tryEmitEmpty().orThrow();
        assertThat(heard).containsExactly("a", "b", "c", "d");
        assertThat(put).as("nobody waits any more").hasSize(3);

        ask("e");
        assertThat(put).hasSize(4);
    }

    @Test
    void aFailureIsForThoseWhoSharedItAndTheNextTimeIsAnother() {
        ask("a");
        ask("b");
        put.get(0).tryEmitError(new IllegalStateException("no")).orThrow();
        assertThat(heard).containsExactly("a failed: no");
        put.get(1).tryEmitEmpty().orThrow();

        assertThat(heard).containsExactly("a failed: no", "b");
    }

    private void ask(String name) {
        question.ask()
                .subscribe(
                        nothing -> {},
                        failure -> heard.add(name + " failed: " + failure.getMessage()),
                        () -> heard.add(name));
    }
}
