// SPDX-License-Identifier: Apache-2.0
/** One connection kit for every caller: endpoints, channels, error mapping, and the administration of topics. */
@NullMarked
package io.millrace.client;

import org.jspecify.annotations.NullMarked;
