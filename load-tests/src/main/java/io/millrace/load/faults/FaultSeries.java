// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import java.util.Iterator;
import java.util.Set;

/** Faults of some kinds, one after another, on a cluster. One thread owns it; everything blocks. */
public final class FaultSeries {
    private static final int PLANNED = 5_000;

    private final Injector injector;
    private final Iterator<PlannedFault> plan;

    /** They follow from the seed. */
    public FaultSeries(Cluster cluster, long seed, Set<FaultKind> kinds) {
        this.injector = new Injector(cluster);
        this.plan = FaultPlan.of(seed, PLANNED).stream()
                .filter(fault -> kinds.contains(fault.kind()))
                .iterator();
    }

    /** Lets some time pass, makes the next one happen, and returns when it is over and repaired; what it was. */
    public FaultKind next() {
        PlannedFault fault = plan.next();
        Patience.pass(fault.pause());
        Injector.Injection injection = injector.begin(fault);
        Patience.pass(injection.holds());
        injection.end().run();
        injection.repair().run();
        return fault.kind();
    }
}
