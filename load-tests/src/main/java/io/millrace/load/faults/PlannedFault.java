// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import java.time.Duration;

/**
 * One fault to come.
 *
 * @param kind what
 * @param everywhere true for both brokers where the kind allows it, else for the one that more clients are connected to
 * @param pause how long all is well before it
 * @param lasts how long it lasts, where it does
 * @param variety which form of the kind it takes, where there are several; not negative
 */
record PlannedFault(FaultKind kind, boolean everywhere, Duration pause, Duration lasts, int variety) {}
