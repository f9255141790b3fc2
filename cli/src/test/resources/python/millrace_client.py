# SPDX-License-Identifier: Apache-2.0
"""A Millrace client that shares no code with Millrace: protoc's generated classes and gRPC's own Python library.

    millrace_client.py publish   ENDPOINT TOPIC             events as JSON lines from standard input, over PublishStream
    millrace_client.py unary     ENDPOINT TOPIC             the same over Publish
    millrace_client.py subscribe ENDPOINT TOPIC COUNT STEP  history and live, STEP events of credit at a time
    millrace_client.py tail      ENDPOINT TOPIC COUNT       the same without credit
    millrace_client.py read      ENDPOINT TOPIC PAGE_SIZE   page by page to the end

Writes a JSON line for each acknowledgement, frame or event. Bytes are hexadecimal; absent ones are null.
"""
import json
import queue
import sys

import grpc

from millrace.v1 import event_pb2, publisher_pb2, publisher_pb2_grpc, subscriber_pb2, subscriber_pb2_grpc

DEADLINE_SECONDS = 60


def say(**fields):
    print(json.dumps(fields), flush=True)


def hex_or_none(message, field):
    return getattr(message, field).hex() if message.HasField(field) else None


def to_event(fields):
    event = event_pb2.Event(
        id=fields.get("id", ""),
        type=fields.get("type", ""),
        source=fields.get("source", ""),
        extensions=fields.get("extensions", {}),
    )
    if fields.get("key") is not None:
        event.key = bytes.fromhex(fields["key"])
    if fields.get("data") is not None:
        event.data = bytes.fromhex(fields["data"])
    for name, value in fields.get("headers", []):
        header = event.headers.add(key=name)
        if value is not None:
            header.value = bytes.fromhex(value)
    return event


def say_events(batch):
    for received in batch.events:
        event = received.event
        say(
            frame="event",
            partition=batch.partition,
            offset=received.offset,
            id=event.id,
            type=event.type,
            source=event.source,
            extensions=dict(event.extensions),
            key=hex_or_none(event, "key"),
            data=hex_or_none(event, "data"),
            headers=[[header.key, hex_or_none(header, "value")] for header in event.headers],
        )


def from_the_beginning(topic, **more):
    start = event_pb2.StartPosition(earliest=event_pb2.StartPosition.Earliest())
    return subscriber_pb2.ReadSpec(topics=[topic], start=start, **more)


def sent(requests):
    """What is put into the queue, until None is."""
    return iter(requests.get, None)


def publish(channel, topic):
    events = [to_event(json.loads(line)) for line in sys.stdin]
    requests = queue.SimpleQueue()
    requests.put(publisher_pb2.PublishStreamRequest(open=publisher_pb2.PublishOpen(topic=topic)))
    stub = publisher_pb2_grpc.PublisherServiceStub(channel)
    settled = 0
    for response in stub.PublishStream(sent(requests), timeout=DEADLINE_SECONDS):
        kind = response.WhichOneof("frame")
        if kind == "opened":
            say(frame=kind, max_event_bytes=response.opened.limits.max_event_bytes)
            # In two batches, so that sequences have to go on from one to the next.
            half = len(events) // 2
            for first, run in ((1, events[:half]), (half + 1, events[half:])):
                if run:
                    batch = publisher_pb2.PublishBatch(first_sequence=first, events=run)
                    requests.put(publisher_pb2.PublishStreamRequest(batch=batch))
        elif kind == "ack":
            ack = response.ack
            for i, offset in enumerate(ack.offsets):
                say(frame=kind, sequence=ack.first_sequence + i, partition=ack.partitions[i], offset=offset)
            for failure in ack.failures:
                say(frame="failure", sequence=failure.sequence, code=failure.error.code)
            settled += len(ack.offsets)
            if settled == len(events):
                requests.put(None)


def unary(channel, topic):
    entries = [publisher_pb2.PublishEntry(event=to_event(json.loads(line))) for line in sys.stdin]
    request = publisher_pb2.PublishRequest(topic=topic, entries=entries)
    stub = publisher_pb2_grpc.PublisherServiceStub(channel)
    for result in stub.Publish(request, timeout=DEADLINE_SECONDS).results:
        say(frame="ack", partition=result.position.partition, offset=result.position.offset)


def subscribe(channel, topic, count, step):
    requests = queue.SimpleQueue()
    opening = subscriber_pb2.SubscribeOpen(
        spec=from_the_beginning(topic), credit=subscriber_pb2.Credit(events=step), client_name="python"
    )
    requests.put(subscriber_pb2.SubscribeRequest(open=opening))
    stub = subscriber_pb2_grpc.SubscriberServiceStub(channel)
    call = stub.Subscribe(sent(requests), timeout=DEADLINE_SECONDS)
    received = 0
    given = step
    for response in call:
        kind = response.WhichOneof("frame")
        if kind != "batch":
            say(frame=kind)
            continue
        say_events(response.batch)
        received += len(response.batch.events)
        say(frame="batch", events=len(response.batch.events), received=received, given=given)
        if received >= count:
            break
        if received == given:
            requests.put(subscriber_pb2.SubscribeRequest(credit=subscriber_pb2.Credit(events=step)))
            given += step
    requests.put(None)
    call.cancel()


def tail(channel, topic, count):
    stub = subscriber_pb2_grpc.SubscriberServiceStub(channel)
    call = stub.Tail(subscriber_pb2.TailRequest(spec=from_the_beginning(topic)), timeout=DEADLINE_SECONDS)
    received = 0
    for wrapped in call:
        response = wrapped.response
        kind = response.WhichOneof("frame")
        if kind == "batch":
            say_events(response.batch)
            received += len(response.batch.events)
        else:
            say(frame=kind)
        if received >= count:
            break
    call.cancel()


def read(channel, topic, page_size):
    end = event_pb2.EndPosition(live_end=event_pb2.EndPosition.LiveEnd())
    request = subscriber_pb2.ReadRequest(spec=from_the_beginning(topic, end=end), page_size=page_size)
    stub = subscriber_pb2_grpc.SubscriberServiceStub(channel)
    while True:
        page = stub.Read(request, timeout=DEADLINE_SECONDS)
        for batch in page.batches:
            say_events(batch)
        say(frame="page", events=sum(len(batch.events) for batch in page.batches))
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token


def main():
    command, endpoint, topic, *numbers = sys.argv[1:]
    commands = {"publish": publish, "unary": unary, "subscribe": subscribe, "tail": tail, "read": read}
    with grpc.insecure_channel(endpoint) as channel:
        try:
            commands[command](channel, topic, *map(int, numbers))
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.CANCELLED:
                say(frame="error", code=error.code().name, details=error.details())
                sys.exit(1)


if __name__ == "__main__":
    main()
