// SPDX-License-Identifier: Apache-2.0
/** Expected refusals as data: the catalogue of reasons and the exception that carries one. */
@NullMarked
package io.millrace.core.refusal;

import org.jspecify.annotations.NullMarked;
