// SPDX-License-Identifier: Apache-2.0
/** What is measured: each workload, its contestants and its targets. */
@NullMarked
package io.millrace.load.workload;

import org.jspecify.annotations.NullMarked;
