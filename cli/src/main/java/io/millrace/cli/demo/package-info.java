// SPDX-License-Identifier: Apache-2.0
/** The demo: real flights through a real server, and the proof that none was lost. */
@NullMarked
package io.millrace.cli.demo;

import org.jspecify.annotations.NullMarked;
