// SPDX-License-Identifier: Apache-2.0
/** The broker: streams of events over gRPC on top of a log. The public door is {@link io.millrace.broker.Broker}. */
@NullMarked
package io.millrace.broker;

import org.jspecify.annotations.NullMarked;
