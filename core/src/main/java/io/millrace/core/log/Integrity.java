// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.log;

/** Whether a stored event is the one that was published, as far as a checksum beside it can tell. */
public enum Integrity {
    /** Its checksum is right, or there is none to check. */
    SOUND,
    /** Its checksum is wrong: it is delivered, and whoever gets it is told. */
    BROKEN,
    /** Its checksum is wrong, and its topic withholds such events: it is told as missing. */
    WITHHELD
}
