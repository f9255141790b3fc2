// SPDX-License-Identifier: Apache-2.0
/** Bidirectional calls that outlive their connection: what producers and consumers stand on. */
@NullMarked
package io.millrace.client.stream;

import org.jspecify.annotations.NullMarked;
