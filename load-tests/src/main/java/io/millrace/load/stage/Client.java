// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.stage;

/** One contestant's program on the machine of a user: publishes and receives. Blocks; one work at a time. */
interface Client extends AutoCloseable {
    Done publish(Work.Publish work);

    Done publish(Work.Requests work);

    Done replay(Work.Replay work);

    Done live(Work.Live work);

    /** Whatever it is. */
    default Done run(Work work) {
        if (work instanceof Work.Publish publish) {
            return publish(publish);
        }
        if (work instanceof Work.Requests requests) {
            return publish(requests);
        }
        return work instanceof Work.Replay replay ? replay(replay) : live((Work.Live) work);
    }

    @Override
    void close();
}
