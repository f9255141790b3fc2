// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.durable;

/**
 * What was measured on one durable node.
 *
 * @param fileStore where the node kept its data: each acknowledged batch was forced to it
 * @param publish publishing, each event acknowledged
 * @param replay reading a topic from its beginning to its end
 */
public record DurableFigures(String fileStore, RaceFigures publish, RaceFigures replay) {}
