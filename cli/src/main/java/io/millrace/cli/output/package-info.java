// SPDX-License-Identifier: Apache-2.0
/** Events as text: tables for people, JSON for programs, raw bytes for pipes. */
@NullMarked
package io.millrace.cli.output;

import org.jspecify.annotations.NullMarked;
