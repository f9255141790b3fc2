// SPDX-License-Identifier: Apache-2.0
/**
 * The log in memory: for tests, for the mock server and for measuring everything but the disk. Its door is {@link
 * io.millrace.core.memory.MemoryEventLog}.
 */
@NullMarked
package io.millrace.core.memory;

import org.jspecify.annotations.NullMarked;
