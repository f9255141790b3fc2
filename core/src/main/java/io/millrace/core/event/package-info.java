// SPDX-License-Identifier: Apache-2.0
/** What an event is: the envelope, its bytes, its headers. */
@NullMarked
package io.millrace.core.event;

import org.jspecify.annotations.NullMarked;
