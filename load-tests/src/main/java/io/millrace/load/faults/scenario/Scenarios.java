// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import java.util.List;
import java.util.Optional;

/** The scenarios that there are. */
public final class Scenarios {
    private static final List<Scenario> ALL = List.of(
            new AmbiguousScenario(),
            new ZombiesScenario(),
            new CursorsScenario(),
            new HandOverScenario(),
            new StormScenario(),
            new ClusterScenario(),
            new PowerFailureScenario(),
            new DiskFullScenario(),
            new KafkaStoppedScenario(),
            new OverloadScenario(),
            new ClockJumpsScenario());

    private Scenarios() {}

    /** The one of a name. */
    public static Optional<Scenario> named(String name) {
        return ALL.stream().filter(scenario -> scenario.name().equals(name)).findFirst();
    }

    /** All of them. */
    static List<Scenario> all() {
        return ALL;
    }

    /** What they are called. */
    public static List<String> names() {
        return ALL.stream().map(Scenario::name).toList();
    }
}
