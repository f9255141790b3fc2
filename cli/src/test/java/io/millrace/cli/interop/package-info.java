// SPDX-License-Identifier: Apache-2.0
/** Millrace beside programs that nobody here wrote, on a real Kafka: kcat, and a client made by protoc in Python. */
@NullMarked
package io.millrace.cli.interop;

import org.jspecify.annotations.NullMarked;
