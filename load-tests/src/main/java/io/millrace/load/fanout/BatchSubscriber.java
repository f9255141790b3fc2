// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.grpc.Channel;
import io.millrace.v1.EventBatch;
import io.millrace.v1.Place;
import io.millrace.v1.ReadSpec;
import io.millrace.v1.StartPosition;
import io.millrace.v1.SubscribeOpen;
import io.millrace.v1.SubscribeRequest;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscriberServiceGrpc;
import java.io.IOException;

/** Reads batches of live events, without credit: as the baseline, it is held back by the transport alone. */
final class BatchSubscriber extends Subscriber {
    private volatile boolean opened;
    private volatile long fellBehind;

    BatchSubscriber(long from) {
        super(from);
    }

    @Override
    void open(Channel channel) {
        ReadSpec spec = ReadSpec.newBuilder()
                .addTopics(MillraceServer.TOPIC.value())
                .setStart(StartPosition.newBuilder().setLatest(StartPosition.Latest.getDefaultInstance()))
                .build();
        SubscribeRequest open = SubscribeRequest.newBuilder()
                .setOpen(SubscribeOpen.newBuilder().setSpec(spec).setClientName("load-tests"))
                .build();
        call(channel, SubscriberServiceGrpc.getSubscribeMethod(), open, false);
    }

    @Override
    boolean isOpened() {
        return opened;
    }

    /** How often the server went back to the log for it. */
    long fellBehind() {
        return fellBehind;
    }

    @Override
    void read(CodedInputStream in) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case SubscribeResponse.BATCH_FIELD_NUMBER -> readBatch(in);
                case SubscribeResponse.CAUGHT_UP_FIELD_NUMBER -> {
                    opened = true;
                    in.skipField(tag);
                }
                case SubscribeResponse.FELL_BEHIND_FIELD_NUMBER -> {
                    fellBehind = fellBehind + 1;
                    in.skipField(tag);
                }
                case SubscribeResponse.GAP_FIELD_NUMBER -> {
                    fail("a gap in the stream");
                    in.skipField(tag);
                }
                default -> in.skipField(tag);
            }
        }
    }

    /** Every event is walked over; the batch's own chain and place must say the same. */
    private void readBatch(CodedInputStream in) throws IOException {
        int outer = in.pushLimit(in.readRawVarint32());
        int events = 0;
        long previousOffset = 0;
        long nextOffset = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case EventBatch.EVENTS_FIELD_NUMBER -> {
                    in.skipRawBytes(in.readRawVarint32());
                    events++;
                }
                case EventBatch.PREVIOUS_OFFSET_FIELD_NUMBER -> previousOffset = in.readInt64();
                case EventBatch.PLACE_FIELD_NUMBER -> nextOffset = readNextOffset(in);
                default -> in.skipField(tag);
            }
        }
        in.popLimit(outer);
        arrived(previousOffset + 1, previousOffset + 1 + events);
        if (nextOffset != previousOffset + 1 + events) {
            fail(events + " events after " + previousOffset + ", but the next is said to be " + nextOffset);
        }
    }

    private static long readNextOffset(CodedInputStream in) throws IOException {
        int outer = in.pushLimit(in.readRawVarint32());
        long nextOffset = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == Place.NEXT_OFFSET_FIELD_NUMBER) {
                nextOffset = in.readInt64();
            } else {
                in.skipField(tag);
            }
        }
        in.popLimit(outer);
        return nextOffset;
    }
}
