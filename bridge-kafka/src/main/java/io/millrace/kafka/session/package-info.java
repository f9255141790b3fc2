// SPDX-License-Identifier: Apache-2.0
/** Publishers who name themselves: one transactional session each. */
@NullMarked
package io.millrace.kafka.session;

import org.jspecify.annotations.NullMarked;
