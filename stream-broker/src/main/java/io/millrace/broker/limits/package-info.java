// SPDX-License-Identifier: Apache-2.0
/** The limits that the broker keeps and tells its clients. */
@NullMarked
package io.millrace.broker.limits;

import org.jspecify.annotations.NullMarked;
