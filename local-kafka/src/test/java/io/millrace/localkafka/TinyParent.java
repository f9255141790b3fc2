// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import java.nio.file.Path;

/** A program with a node, for the test that kills it: prints the node's process id and then waits for its own end. */
final class TinyParent {
    private TinyParent() {}

    public static void main(String[] args) throws Exception {
        LocalKafka node = LocalKafka.start(LocalKafkaConfig.in(Path.of(args[0])));
        System.out.println(node.pid());
        System.in.transferTo(System.out);
    }
}
