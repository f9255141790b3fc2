// SPDX-License-Identifier: Apache-2.0
/** The mapping between the values of core and the messages of the wire, one way for both sides of a call. */
@NullMarked
package io.millrace.wire;

import org.jspecify.annotations.NullMarked;
