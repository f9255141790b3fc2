// SPDX-License-Identifier: Apache-2.0
/** What the documentation says is so: generated pages are up to date, links lead somewhere, commands run. */
@NullMarked
package io.millrace.cli.docs;

import org.jspecify.annotations.NullMarked;
