// SPDX-License-Identifier: Apache-2.0
/** The log port: the only thing the broker knows about storage. */
@NullMarked
package io.millrace.core.log;

import org.jspecify.annotations.NullMarked;
