"""Sorted string tables and the entries of checkpoints, put together by hand so that any byte of them can be wrong."""
import struct

from tensorflow.core.framework import types_pb2
from tensorflow.core.protobuf import tensor_bundle_pb2 as bundle


def crc32c(data, table=[]):
    if not table:
        for i in range(256):
            for _ in range(8):
                i = i >> 1 ^ (0x82f63b78 if i & 1 else 0)
            table.append(i)
    c = 0xffffffff
    for b in data:
        c = c >> 8 ^ table[(c ^ b) & 255]
    return c ^ 0xffffffff


def masked(data):
    c = crc32c(data)
    return (((c >> 15) | (c << 17)) + 0xa282ead8) & 0xffffffff


def varint(v):
    out = b""
    while v > 127:
        out, v = out + bytes([v & 127 | 128]), v >> 7
    return out + bytes([v])


def table(pairs):
    """One data block whose keys are stored whole; in the order given."""
    file = b""

    def block(pairs):
        nonlocal file
        body, starts = b"", []
        for key, value in pairs:
            starts.append(len(body))
            body += b"\0" + varint(len(key)) + varint(len(value)) + key + value
        starts = starts or [0]
        body += struct.pack(f"<{len(starts) + 1}I", *starts, len(starts))
        handle = varint(len(file)) + varint(len(body))
        file += body + b"\0" + struct.pack("<I", masked(body + b"\0"))
        return handle

    data = block(pairs)
    meta = block([])
    index = block([(b"\xff" * 9, data)])
    return file + (meta + index).ljust(40, b"\0") + bytes.fromhex("57fb808b247547db")


def entry(shape=(2,), dtype=types_pb2.DT_FLOAT, data=None, **fields):
    """`data`: what size and checksum are of, where the fields do not tell them."""
    told = {} if data is None else {"size": len(data), "crc32c": masked(data)}
    e = bundle.BundleEntryProto(dtype=dtype, **(told | fields))
    e.shape.SetInParent()
    for d in shape:
        e.shape.dim.add(size=d)
    return e.SerializeToString()


def header(shards=1, **fields):
    return bundle.BundleHeaderProto(num_shards=shards, **fields).SerializeToString()
