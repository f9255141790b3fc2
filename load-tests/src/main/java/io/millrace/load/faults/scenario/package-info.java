// SPDX-License-Identifier: Apache-2.0
/** Scenarios: each puts one promise to the test, as often as it is asked to, and says what it has seen. */
@NullMarked
package io.millrace.load.faults.scenario;

import org.jspecify.annotations.NullMarked;
