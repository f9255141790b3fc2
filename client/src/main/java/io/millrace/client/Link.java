// SPDX-License-Identifier: Apache-2.0
package io.millrace.client;

import io.grpc.Channel;

/**
 * A channel and the endpoint that it leads to.
 *
 * @param endpoint where to
 * @param channel for generated stubs
 */
public record Link(Endpoint endpoint, Channel channel) {}
