// SPDX-License-Identifier: Apache-2.0
/** JMH benchmarks of single steps of the hot path. Run by hand; no target depends on them. */
@NullMarked
package io.millrace.load.micro;

import org.jspecify.annotations.NullMarked;
