// SPDX-License-Identifier: Apache-2.0
/** What a run has measured, what it aimed at, and how both are shown. */
@NullMarked
package io.millrace.load.report;

import org.jspecify.annotations.NullMarked;
