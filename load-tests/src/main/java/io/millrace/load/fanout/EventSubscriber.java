// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Empty;
import com.google.protobuf.WireFormat;
import io.grpc.Channel;
import io.millrace.v1.ReceivedEvent;
import java.io.IOException;

/** Reads a message for each event. */
final class EventSubscriber extends Subscriber {
    EventSubscriber(long from) {
        super(from);
    }

    @Override
    void open(Channel channel) {
        call(channel, BaselineServer.EVENTS, Empty.getDefaultInstance(), true);
    }

    /** The sink tells nobody when it has let a subscriber in; the server's count does. */
    @Override
    boolean isOpened() {
        return true;
    }

    @Override
    void read(CodedInputStream in) throws IOException {
        long offset = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == ReceivedEvent.OFFSET_FIELD_NUMBER) {
                offset = in.readInt64();
            } else {
                in.skipField(tag);
            }
        }
        arrived(offset, offset + 1);
    }
}
