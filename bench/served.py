"""Requests to a Triton server whose values are made up, and what they take: for bench/triton and bench/cluster. Needs numpy."""
import json, os, socket, statistics, sys, threading, time
from common import HERE

sys.path.insert(0, os.path.join(HERE, "../tests/triton"))
import kserve
import numpy as np

REGIONS = []  # files of shared memory


def shapes_of(server, model, rows):
    described = json.loads(kserve.call(f"{server.base}/v2/models/{model}")[1])
    return [(i["name"], i["datatype"], [rows if d < 0 else d for d in i["shape"]]) for i in described["inputs"]]


def share(server, name, data):
    """Puts it into memory that the server maps: the fields that refer to it instead of carrying it."""
    region = f"tfport-bench-{os.getpid()}-{name}"
    with open(f"/dev/shm/{region}", "wb") as f:
        f.write(data)
    REGIONS.append(f"/dev/shm/{region}")
    kserve.call(f"{server.base}/v2/systemsharedmemory/region/{region}/register", json.dumps({"key": f"/{region}", "offset": 0, "byte_size": len(data)}).encode())
    return {"shared_memory_region": region, "shared_memory_byte_size": len(data)}


def made_up(server, model, o):
    """A request of o.rows rows, as bytes."""
    rng = np.random.default_rng(0)
    values = {name: rng.uniform(-1, 1, dims).astype(kserve.DTYPES[dtype]) for name, dtype, dims in shapes_of(server, model, o.rows)}
    headers, body = kserve.request(values)
    if o.shared_memory:
        head = json.loads(body[:int(headers["Inference-Header-Content-Length"])])
        for i in head["inputs"]:
            i["parameters"] = share(server, f"{len(REGIONS)}", values[i["name"]].tobytes())
        body = json.dumps(head).encode()
        headers["Inference-Header-Content-Length"] = str(len(body))
    lines = [f"POST /v2/models/{model}/infer HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines + [f"{k}: {v}" for k, v in headers.items()]).encode() + b"\r\n\r\n" + body


def one_call(connection, message):
    connection.sendall(message)
    got = b""
    while b"\r\n\r\n" not in got:
        got += connection.recv(1 << 20)
    head, _, rest = got.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    left = int(head.lower().split(b"\r\ncontent-length: ")[1].split(b"\r\n")[0]) - len(rest)
    while left > 0:
        left -= len(connection.recv(1 << 20))


def latency(address, message, seconds):
    """Median milliseconds of a request, one after the other on one connection."""
    times = []
    with socket.create_connection(address) as c:
        c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            begin = time.perf_counter()
            one_call(c, message)
            times.append((time.perf_counter() - begin) * 1e3)
    return statistics.median(times)


def throughput(address, message, clients, seconds):
    """Requests a second, of so many clients that each send one after the other."""
    done = [0] * clients
    end = time.perf_counter() + seconds

    def client(n):
        with socket.create_connection(address) as c:
            while time.perf_counter() < end:
                one_call(c, message)
                done[n] += 1

    threads = [threading.Thread(target=client, args=(n,)) for n in range(clients)]
    begin = time.perf_counter()
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return sum(done) / (time.perf_counter() - begin)
