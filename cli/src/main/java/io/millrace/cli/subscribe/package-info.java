// SPDX-License-Identifier: Apache-2.0
/** The subscribe command. */
@NullMarked
package io.millrace.cli.subscribe;

import org.jspecify.annotations.NullMarked;
