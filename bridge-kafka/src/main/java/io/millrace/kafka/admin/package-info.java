// SPDX-License-Identifier: Apache-2.0
/** Topics: administration, what they are now, and who is told when they go. */
@NullMarked
package io.millrace.kafka.admin;

import org.jspecify.annotations.NullMarked;
