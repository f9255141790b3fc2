// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.client.MillraceConnection;
import io.millrace.load.faults.Cluster;
import io.millrace.load.faults.Failures;
import io.millrace.load.report.Progress;
import io.millrace.load.report.Target;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Streams of several kinds are read to their end, in batches of several sizes; then reads begin at the cursors of random
 * events of random ones, at either broker, and each must get exactly what came behind. Beside that, cursors that are not
 * to be taken are offered.
 */
final class CursorsScenario implements Scenario {
    /** For each kind of cursor that is not to be taken, one for so many that are. */
    private static final int RESUMES_FOR_EACH_BAD = 20;

    @Override
    public String name() {
        return "cursors";
    }

    @Override
    public String promise() {
        return "a read from the cursor of any event gets exactly the events behind it, and a cursor that is not to be"
                + " taken is refused with its reason";
    }

    @Override
    public int fullCount() {
        return 10_000;
    }

    @Override
    public ScenarioOutcome run(ScenarioSettings settings, Progress progress) throws IOException {
        Failures violations = new Failures();
        try (Cluster cluster = Cluster.open(settings.seed());
                CursorStreams streams = CursorStreams.publish(settings.seed(), connections(cluster))) {
            List<RecordedPass> passes = streams.passes();
            progress.say(passes.size() + " passes are recorded");
            Resumes resumes = Resumes.make(settings, streams, passes, violations, progress);
            progress.say("offering cursors that are not to be taken");
            Map<BadCursor, Long> refused = new BadCursors(
                            settings.seed(), cluster.bootstrapServers(), streams, violations)
                    .offerEach(1 + settings.count() / RESUMES_FOR_EACH_BAD);
            return outcome(settings, resumes, refused, violations);
        }
    }

    private static ScenarioOutcome outcome(
            ScenarioSettings settings, Resumes resumes, Map<BadCursor, Long> refused, Failures violations) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("resumes", resumes.made());
        figures.put("exact", resumes.exact());
        figures.put("events_read", resumes.events());
        refused.forEach((kind, times) -> figures.put("refused_" + kind.label(), times));
        List<Target> targets = List.of(
                Target.atLeast("exact_resumes", resumes.exact(), settings.count()),
                Target.atLeast(
                        "refused_cursors",
                        refused.values().stream().mapToLong(Long::longValue).sum(),
                        (long) BadCursor.values().length * (1 + settings.count() / RESUMES_FOR_EACH_BAD)));
        return ScenarioOutcome.of(figures, targets, violations);
    }

    /** One to each broker. */
    private static List<MillraceConnection> connections(Cluster cluster) {
        List<MillraceConnection> connections = new ArrayList<>();
        cluster.brokers()
                .forEach(broker ->
                        connections.add(MillraceConnection.to(broker.link().endpoint())));
        return connections;
    }
}
