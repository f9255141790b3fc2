// SPDX-License-Identifier: Apache-2.0
/** The subscriber SDK: topics as a {@code Flux} of events whose demand reaches the server. */
@NullMarked
package io.millrace.consumers;

import org.jspecify.annotations.NullMarked;
