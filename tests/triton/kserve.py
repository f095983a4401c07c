"""KServe's protocol (version 2 over HTTP, binary tensors) and a server for tests: standard library and numpy only."""
import asyncio
import json
import os
import resource
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import numpy as np

resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)  # a thousand connections
SERVER = "triton/pytriton/tritonserver/bin/tritonserver"
TYPES = {"bool": "BOOL", "uint8": "UINT8", "uint16": "UINT16", "uint32": "UINT32", "uint64": "UINT64", "int8": "INT8", "int16": "INT16",
         "int32": "INT32", "int64": "INT64", "float16": "FP16", "float32": "FP32", "float64": "FP64"}
DTYPES = {v: k for k, v in TYPES.items()}


def pack(array):
    if array.dtype.kind in "SUO":
        elements = [e if isinstance(e, bytes) else str(e).encode() for e in array.ravel().tolist()]
        return "BYTES", b"".join(len(e).to_bytes(4, "little") + e for e in elements)
    return TYPES[array.dtype.name], np.ascontiguousarray(array).tobytes()


def unpack(datatype, shape, data):
    if datatype != "BYTES":
        return np.frombuffer(data, DTYPES[datatype]).reshape(shape)
    elements = []
    while data:
        n = int.from_bytes(data[:4], "little")
        elements.append(data[4:4 + n])
        data = data[4 + n:]
    out = np.empty(len(elements), object)
    out[:] = elements
    return out.reshape(shape)


def request(inputs, outputs=()):
    """Header fields and body of a request."""
    described, parts = [], []
    for name, array in inputs.items():
        datatype, data = pack(array)
        described.append({"name": name, "shape": list(array.shape), "datatype": datatype, "parameters": {"binary_data_size": len(data)}})
        parts.append(data)
    head = {"inputs": described, "parameters": {"binary_data_output": True}}
    if outputs:
        head["outputs"] = [{"name": n, "parameters": {"binary_data": True}} for n in outputs]
    head = json.dumps(head).encode()
    return {"Inference-Header-Content-Length": str(len(head)), "Content-Type": "application/octet-stream"}, head + b"".join(parts)


def response(head_length, body):
    head = json.loads(body[:head_length])
    at, out = head_length, {}
    for o in head["outputs"]:
        n = o["parameters"]["binary_data_size"]
        out[o["name"]] = unpack(o["datatype"], o["shape"], body[at:at + n])
        at += n
    return out


class Failure(Exception):
    """An answer that is no 200."""

    def __init__(self, status, text):
        super().__init__(f"{status}: {text}")
        self.status, self.text = status, text


def call(url, body=None, headers=None, timeout=60):
    """Header fields and body of the answer."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers or {}), timeout=timeout) as r:
            return r.headers, r.read()
    except urllib.error.HTTPError as e:
        raise Failure(e.code, e.read().decode(errors="replace")) from None


def infer(base, model, inputs, outputs=()):
    headers, body = request(inputs, outputs)
    h, body = call(f"{base}/v2/models/{model}/infer", body, headers)
    return response(int(h["Inference-Header-Content-Length"]), body)


async def infer_on(connection, host, model, inputs):
    """On an open connection. OSError where it breaks, Failure for an answer that is no 200."""
    headers, body = request(inputs)
    lines = [f"POST /v2/models/{model}/infer HTTP/1.1", f"Host: {host}", f"Content-Length: {len(body)}"]
    lines += [f"{k}: {v}" for k, v in headers.items()]
    reader, writer = connection
    writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
    await writer.drain()
    try:
        status, *fields = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        fields = dict(f.lower().split(": ", 1) for f in fields)
        rest = await reader.readexactly(int(fields["content-length"]))
    except asyncio.IncompleteReadError as e:
        raise ConnectionError("the answer breaks off") from e
    if status.split()[1] != "200":
        raise Failure(int(status.split()[1]), rest.decode(errors="replace"))
    return response(int(fields["inference-header-content-length"]), rest)


async def infer_async(host, port, model, inputs):
    """On a connection of its own."""
    connection = await asyncio.open_connection(host, port)
    try:
        return await infer_on(connection, host, model, inputs)
    finally:
        connection[1].close()


async def infer_surely(host, port, model, inputs):
    """Answer, and how often it was asked for. tritonserver's HTTP front hands answers to its threads through sockets that hold (reckoned from their size) about 270
    notices each; when a thread does not come to read them, what is sent beyond is lost (EAGAIN), and with it the answer."""
    for times in range(1, 7):
        try:
            return await asyncio.wait_for(infer_async(host, port, model, inputs), 4), times
        except asyncio.TimeoutError:
            pass
    raise ConnectionError("no answer to six requests")


async def infer_at_once(host, port, model, many):
    """All of them at a time: answers or exceptions, and how often each was asked for."""
    got = await asyncio.gather(*(infer_surely(host, port, model, inputs) for inputs in many), return_exceptions=True)
    return [(g, 1) if isinstance(g, Exception) else g for g in got]


def free_port(host="127.0.0.1"):
    with socket.socket() as s:
        s.bind((host, 0))
        return s.getsockname()[1]


class Server:
    """A tritonserver on the loopback interface, or on `host` inside the network namespace `netns`."""

    def __init__(self, build, repository, log, options=(), host="127.0.0.1", port=None, netns=None):
        self.host, self.port = host, port or free_port(host)
        self.base = f"http://{self.host}:{self.port}"
        self.command = (["ip", "netns", "exec", netns] if netns else []) + [
            os.path.join(build, SERVER), f"--model-repository={repository}", f"--backend-directory={build}/backends",
            f"--http-address={self.host}", f"--http-port={self.port}", "--allow-grpc=false", "--allow-metrics=false", *options]
        self.log = log
        self.start()

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def wait(self, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            try:
                call(self.base + "/v2/health/ready", timeout=2)
                return self
            except (Failure, OSError):
                time.sleep(0.1)
        raise SystemExit(f"the server does not become ready; its log:\n{open(self.log, errors='replace').read()[-6000:]}")

    def stop(self, kill=False):
        if self.process.poll() is None:
            (self.process.kill if kill else self.process.terminate)()
        return self.process.wait(60)


def skip_without_server(build):
    if not os.access(os.path.join(build, SERVER), os.X_OK):
        print("skipped: there is no tritonserver in the build folder; tools/get-triton puts one there")
        sys.exit(77)
