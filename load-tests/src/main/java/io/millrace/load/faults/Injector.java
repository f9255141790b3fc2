// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import io.millrace.load.fault.Direction;
import io.millrace.load.fault.FaultProxy;
import io.millrace.load.fault.LinkFault;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** Does to a cluster what the plan says. One thread owns it; everything blocks. */
final class Injector {
    private static final Runnable NOTHING = () -> {};
    private static final int SLOWEST_BYTES_PER_SECOND = 64 << 10;
    private static final int BANDWIDTH_SPREAD = 512 << 10;
    private static final int LEAST_DELAY_MILLIS = 20;
    private static final int DELAY_SPREAD_MILLIS = 180;

    private final Cluster cluster;

    Injector(Cluster cluster) {
        this.cluster = cluster;
    }

    /**
     * What has been begun.
     *
     * @param where to whom, and which form it takes
     * @param holds how long it is to be left so
     * @param end takes the cause away
     * @param repair what else is to be done once everything has gone on
     */
    record Injection(String where, Duration holds, Runnable end, Runnable repair) {
        private static Injection over(String where) {
            return new Injection(where, Duration.ZERO, NOTHING, NOTHING);
        }
    }

    Injection begin(PlannedFault fault) {
        return switch (fault.kind()) {
            case LINK_DELAY -> onLinks(fault, delay(fault));
            case LINK_BANDWIDTH ->
                onLinks(fault, new LinkFault.Bandwidth(SLOWEST_BYTES_PER_SECOND + fault.variety() % BANDWIDTH_SPREAD));
            case LINK_HALF_OPEN_TO_BROKER -> onLinks(fault, new LinkFault.HalfOpen(Direction.TO_SERVER));
            case LINK_HALF_OPEN_TO_CLIENT -> onLinks(fault, new LinkFault.HalfOpen(Direction.TO_CLIENT));
            case LINK_RESET -> onLinks(fault, new LinkFault.Reset());
            case LINK_SLOW_CLOSE -> onLinks(fault, new LinkFault.SlowClose());
            case LINK_CORRUPT -> onLinks(fault, new LinkFault.Corrupt(direction(fault)));
            case KAFKA_LINK -> onKafkaLink(fault);
            case BROKER_KILL -> killBroker(fault);
            case BROKER_PAUSE -> pauseBroker(fault);
            case BROKER_ROLLING_RESTART -> restartBrokers();
            case KAFKA_KILL -> {
                cluster.killKafka();
                yield Injection.over("kafka");
            }
        };
    }

    private Injection onLinks(PlannedFault planned, LinkFault fault) {
        List<ServedBroker> brokers = planned.everywhere() ? cluster.brokers() : List.of(cluster.busierBroker());
        String where = brokers.stream().map(ServedBroker::name).collect(Collectors.joining(" "));
        return onLinks(
                where + ", " + fault,
                planned,
                fault,
                brokers.stream().map(ServedBroker::link).toList());
    }

    private Injection onKafkaLink(PlannedFault planned) {
        LinkFault fault = switch (planned.variety() / 2 % 3) {
            case 0 -> delay(planned);
            case 1 -> new LinkFault.HalfOpen(direction(planned));
            default -> new LinkFault.Reset();
        };
        return onLinks("kafka, " + fault, planned, fault, List.of(cluster.kafkaLink()));
    }

    private static Injection onLinks(String where, PlannedFault planned, LinkFault fault, List<FaultProxy> links) {
        links.forEach(link -> link.begin(fault));
        Duration holds = fault instanceof LinkFault.Reset ? Duration.ZERO : planned.lasts();
        return new Injection(where, holds, () -> links.forEach(FaultProxy::end), NOTHING);
    }

    private Injection killBroker(PlannedFault fault) {
        ServedBroker broker = cluster.busierBroker();
        broker.kill();
        return new Injection(broker.name(), Duration.ZERO, NOTHING, () -> {
            Patience.pass(fault.lasts());
            broker.start();
        });
    }

    private Injection pauseBroker(PlannedFault fault) {
        ServedBroker broker = cluster.busierBroker();
        broker.pause();
        return new Injection(broker.name(), fault.lasts(), broker::resume, NOTHING);
    }

    private Injection restartBrokers() {
        return Injection.over(cluster.brokers().stream().map(Injector::restart).collect(Collectors.joining(", ")));
    }

    private static String restart(ServedBroker broker) {
        long beganNanos = System.nanoTime();
        broker.terminate();
        long endedNanos = System.nanoTime();
        broker.start();
        return "%s stopped in %d ms and started in %d ms"
                .formatted(broker.name(), millis(endedNanos - beganNanos), millis(System.nanoTime() - endedNanos));
    }

    private static long millis(long nanos) {
        return Duration.ofNanos(nanos).toMillis();
    }

    private static LinkFault delay(PlannedFault fault) {
        Duration delay = Duration.ofMillis(LEAST_DELAY_MILLIS + fault.variety() % DELAY_SPREAD_MILLIS);
        return new LinkFault.Delay(delay, delay.dividedBy(2));
    }

    private static Direction direction(PlannedFault fault) {
        return fault.variety() % 2 == 0 ? Direction.TO_SERVER : Direction.TO_CLIENT;
    }
}
