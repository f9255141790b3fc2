// SPDX-License-Identifier: Apache-2.0
/** Connections to servers, and how long a command bears their silence. */
@NullMarked
package io.millrace.cli.connect;

import org.jspecify.annotations.NullMarked;
