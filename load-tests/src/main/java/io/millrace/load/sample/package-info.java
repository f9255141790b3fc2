// SPDX-License-Identifier: Apache-2.0
/** The events that everything is measured with. */
@NullMarked
package io.millrace.load.sample;

import org.jspecify.annotations.NullMarked;
