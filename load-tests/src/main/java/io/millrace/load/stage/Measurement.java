// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.stage;

/**
 * One piece of work of one side.
 *
 * @param done what it did
 * @param cpu what every process used meanwhile
 */
public record Measurement(Done done, Cpu cpu) {}
