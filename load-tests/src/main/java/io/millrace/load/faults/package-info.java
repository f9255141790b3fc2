// SPDX-License-Identifier: Apache-2.0
/** Publishes and reads while things go wrong by plan, and has everything checked afterwards. */
@NullMarked
package io.millrace.load.faults;

import org.jspecify.annotations.NullMarked;
