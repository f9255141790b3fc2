// SPDX-License-Identifier: Apache-2.0
/** Which events a reader wants, told in CEL. Knows the bytes of framed events, but neither the services nor the log. */
@NullMarked
package io.millrace.broker.filter;

import org.jspecify.annotations.NullMarked;
