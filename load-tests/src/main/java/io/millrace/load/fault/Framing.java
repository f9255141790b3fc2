// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fault;

/**
 * How a protocol divides its bytes, so that a byte can be corrupted where the protocol is bound to notice: in the first
 * byte of a length. Neither HTTP/2 nor gRPC has a checksum; a changed payload goes through unless TLS is there.
 */
public enum Framing {
    /** Not known: any byte may be the first of a frame. */
    NONE,
    /** A length of 24 bits and a head of 9 bytes; a client begins with a preface of 24 bytes. */
    HTTP2,
    /** A length of 32 bits before each request and answer. */
    KAFKA
}
