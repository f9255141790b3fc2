// SPDX-License-Identifier: Apache-2.0
/** Connections that break HTTP/2 on purpose, byte by byte, over plain sockets. */
@NullMarked
package io.millrace.load.http2;

import org.jspecify.annotations.NullMarked;
