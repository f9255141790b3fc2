// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import io.millrace.client.MillraceConnection;
import io.millrace.client.MillraceException;
import io.millrace.client.stream.ReopeningCall;
import io.millrace.core.refusal.RefusedException;
import io.millrace.v1.SubscribeRequest;
import io.millrace.wire.EventReader;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.scheduler.Scheduler;

/**
 * The handing-over half of a subscription: takes what waits in the inbox to the user, as fast as the user requests it,
 * and gives credit back for it.
 */
final class Delivery implements Subscription {
    /*
     * One drain runs at a time, on the worker; `missed` counts the reasons to look again (Reactor's own pattern). The
     * fields below `missed` belong to the drain. What it delivers, the credit account subtracts from the demand, and
     * what is free then goes to the server when the call asks for its next frame.
     */
    private final SubscriptionSpec spec;
    private final CreditAccount credit;
    private final Inbox inbox = new Inbox();
    private final Scheduler.Worker worker;
    private final ReopeningCall<SubscribeRequest, ServerFrame> call;
    private volatile @Nullable CoreSubscriber<? super ReceivedEvent> user;
    private volatile @Nullable End end;
    private final AtomicInteger missed = new AtomicInteger();
    private final EventReader events = new EventReader();
    private @Nullable BatchEvents batch;
    private Standing delivered = Standing.at(Cursor.empty());

    Delivery(MillraceConnection connection, SubscriptionSpec spec, CoreSubscriber<? super ReceivedEvent> user) {
        this.spec = spec;
        this.user = user;
        credit = new CreditAccount(spec.windowEvents(), spec.windowBytes());
        worker = spec.deliverOn().createWorker();
        call = new ReopeningCall<>(connection, new SubscriptionRole(spec, credit, inbox, this), Runnable::run);
    }

    /** Opens the stream; the credit is what has been requested by then. */
    void start() {
        if (user != null) {
            call.start();
        }
    }

    @Override
    public void request(long n) {
        if (n <= 0) {
            abort(new IllegalArgumentException("request of " + n + " (Reactive Streams §3.9 wants a positive number)"));
            return;
        }
        credit.request(n);
        call.wake();
        wake();
    }

    @Override
    public void cancel() {
        user = null;
        call.cancel();
        wake();
    }

    /** Nothing more will come; with an error or without. What is in the inbox is delivered before. */
    void end(@Nullable MillraceException error) {
        end = new End(error, false);
    }

    /** There may be something to deliver. */
    void wake() {
        if (missed.getAndIncrement() == 0) {
            try {
                worker.schedule(this::drain);
            } catch (RejectedExecutionException e) {
                user = null; // over already, or the scheduler was shut down under it
                call.cancel();
            }
        }
    }

    private void drain() {
        int handled = missed.get();
        do {
            CoreSubscriber<? super ReceivedEvent> actual = user;
            if (actual == null) {
                discard();
            } else {
                deliver(actual);
            }
            handled = missed.addAndGet(-handled);
        } while (handled != 0);
    }

    private void deliver(CoreSubscriber<? super ReceivedEvent> actual) {
        try {
            deliverArrivals(actual);
        } catch (RefusedException undecodable) {
            abort(MillraceException.of(undecodable.refusal()));
        } catch (RuntimeException fault) {
            abort(fault);
        } catch (Throwable fatal) {
            Exceptions.throwIfJvmFatal(fatal);
            abort(fatal);
        }
    }

    private void deliverArrivals(CoreSubscriber<? super ReceivedEvent> actual) {
        while (user != null) {
            End ending = end; // read before the inbox: what arrived before the end is in there
            if (ending != null && ending.atOnce()) {
                finish(actual, ending);
                return;
            }
            if (batch != null && !deliverBatch(actual, batch)) {
                return;
            }
            if (batch == null && !next()) {
                if (ending != null) {
                    finish(actual, ending);
                }
                return;
            }
        }
    }

    /** Takes the next arrival out of the inbox; false when there is none. */
    private boolean next() {
        Arrival arrival = inbox.poll();
        if (arrival instanceof Arrival.Batch next) {
            batch = new BatchEvents(next, delivered, events);
        } else if (arrival instanceof Arrival.Missing gap) {
            delivered = delivered.moved(gap.after());
            spec.onSignal().accept(gap.signal());
        } else if (arrival instanceof Arrival.Notice notice) {
            Cursor places = notice.places();
            delivered = places == null ? delivered : Standing.at(places);
            spec.onSignal().accept(notice.signal());
        }
        return arrival != null;
    }

    /** Delivers as much of the batch as is requested; false when that was nothing. */
    private boolean deliverBatch(CoreSubscriber<? super ReceivedEvent> actual, BatchEvents current) {
        int before = current.left();
        int after = (int) Math.max(0, before - credit.demand());
        while (current.left() > after && user != null) {
            actual.onNext(current.next());
        }
        credit.deliver(before - current.left());
        boolean done = current.left() == 0;
        if (done) {
            delivered = delivered.moved(current.arrival().after());
            credit.release(current.arrival().batch().creditBytes());
            batch = null;
        }
        call.wake();
        return done || before > after;
    }

    private void abort(Throwable error) {
        call.cancel();
        end = new End(error, true);
        wake();
    }

    private void finish(CoreSubscriber<? super ReceivedEvent> actual, End how) {
        user = null;
        discard();
        if (how.error() == null) {
            actual.onComplete();
        } else {
            actual.onError(how.error());
        }
    }

    private void discard() {
        inbox.clear();
        batch = null;
        worker.dispose();
    }

    /**
     * How it ends.
     *
     * @param error absent for completion
     * @param atOnce true when what waits is not delivered any more
     */
    private record End(@Nullable Throwable error, boolean atOnce) {}
}
