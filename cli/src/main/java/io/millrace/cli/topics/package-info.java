// SPDX-License-Identifier: Apache-2.0
/** The topics commands. */
@NullMarked
package io.millrace.cli.topics;

import org.jspecify.annotations.NullMarked;
