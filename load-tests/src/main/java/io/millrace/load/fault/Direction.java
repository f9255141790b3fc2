// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fault;

/** Which way bytes go through a proxy. */
public enum Direction {
    /** From who connects to who listens. */
    TO_SERVER,
    /** Back. */
    TO_CLIENT
}
