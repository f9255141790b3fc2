// SPDX-License-Identifier: Apache-2.0
/** The gRPC services: from messages to cursors and appends, and back. */
@NullMarked
package io.millrace.broker.endpoint;

import org.jspecify.annotations.NullMarked;
