// SPDX-License-Identifier: Apache-2.0
/** What tests of other modules use to have a Kafka. */
@NullMarked
package io.millrace.localkafka.testing;

import org.jspecify.annotations.NullMarked;
