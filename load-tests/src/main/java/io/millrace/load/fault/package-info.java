// SPDX-License-Identifier: Apache-2.0
/** Makes things go wrong on this machine without privileges: connections through a proxy, and processes by signals. */
@NullMarked
package io.millrace.load.fault;

import org.jspecify.annotations.NullMarked;
