"""Three hosts, as network namespaces, with a Triton server each behind the HAProxy that tfport triton --cluster configures: under load
one is killed, one is drained, one vanishes (its link goes down, so that nothing says that it is gone), and they come back; no request fails. Skipped (77) without a server, HAProxy or the right to make
namespaces. All traffic stays inside them.
usage: cluster.py BUILD-FOLDER SOURCE-FOLDER"""
import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time

import numpy as np

import kserve
from hosts import FRONT_PORT, PORT, Front, Hosts, sh, wait_for

HOSTS = 3
build, source = (os.path.abspath(p) for p in sys.argv[1:3])
inside = len(sys.argv) > 3  # in the namespace of the front
scratch = sys.argv[3] if inside else tempfile.mkdtemp(dir=build, prefix="cluster-test.")
hosts = Hosts(scratch, HOSTS)
digits = os.path.join(source, "demo/digits")


def skip(why):
    shutil.rmtree(scratch)
    print("skipped:", why)
    sys.exit(77)


def outside():
    kserve.skip_without_server(build)
    if not shutil.which("haproxy"):
        skip("there is no haproxy")
    try:
        hosts.make()
        return hosts.run_in_front(sys.executable, __file__, build, source, scratch)
    except (subprocess.CalledProcessError, OSError):
        skip("network namespaces are not permitted here")
    finally:
        hosts.remove()
        shutil.rmtree(scratch, ignore_errors=True)


# -- in the front's namespace ------------------------------------------------------------------------------------------

def check(condition, what):
    if not condition:
        raise SystemExit(f"FAILED: {what}")


class Load:
    """Clients that each send one request after another; every tenth has 2,000 rows, more than HAProxy's usual buffer holds."""

    def __init__(self, images, scores):
        self.images, self.scores = images, scores
        self.going, self.answers, self.failures, self.slowest = True, 0, [], 0.0

    async def client(self, number):
        k = number
        while self.going:
            rows = 2000 if k % 10 == 0 else 3
            at = np.arange(k, k + rows) % len(self.images)
            start = time.monotonic()
            try:
                out = (await kserve.infer_async(hosts.front_address, FRONT_PORT, "digits", {"image": self.images[at]}))["scores"]
                if not np.allclose(out, self.scores[at], 1e-3, 1e-5):
                    self.failures.append("a wrong answer")
                self.answers += 1
                self.slowest = max(self.slowest, time.monotonic() - start)
            except (kserve.Failure, OSError) as e:
                self.failures.append(repr(e))
            k += 1

    async def during(self, events):
        """The events are a function that blocks; it has a thread."""
        clients = [asyncio.create_task(self.client(n)) for n in range(12)]
        try:
            await asyncio.to_thread(events)
        finally:
            self.going = False
            await asyncio.gather(*clients)


def kill_and_drain(front, servers):
    time.sleep(1)
    before = front.rows()
    servers[1].stop(kill=True)
    wait_for(lambda: front.row(1)["status"].startswith("DOWN"), "a server that was killed is not taken out")
    time.sleep(0.5)
    after = front.rows()
    retries = sum(int(after[k]["wretr"] or 0) - int(before[k]["wretr"] or 0) for k in after)
    check(retries > 0, "no request was in flight on the server that was killed")
    print(f"killed: {retries} requests were sent again")

    front.set_state(2, "drain")
    wait_for(lambda: front.row(2)["scur"] == "0", "a server that is drained keeps its requests")
    total = front.row(2)["stot"]
    time.sleep(0.5)
    check(front.row(2)["stot"] == total, "a server that is drained gets new requests")
    front.set_state(2, "maint")  # no health checks, which would keep it from ending
    check(servers[2].stop() == 0, "a drained server does not end as it should")

    for i in (1, 2):
        servers[i].start()
    for i in (1, 2):
        servers[i].wait()
    front.set_state(2, "ready")
    wait_for(lambda: all(front.row(i)["status"] == "UP" for i in range(HOSTS)), "servers do not come back")
    check_all_serve(front)


def vanish(front):
    before = front.row(0)
    sh("ip link set host0 down")
    start = time.monotonic()
    wait_for(lambda: front.row(0)["status"].startswith("DOWN"), "a host that vanished is not taken out")
    down = time.monotonic() - start
    wait_for(lambda: front.row(0)["scur"] == "0", "requests wait for a host that vanished", 20)
    retries = int(front.row(0)["wretr"]) - int(before["wretr"])
    check(retries > 0, "no request was in flight on the host that vanished")
    print(f"vanished: out after {down:.1f} s, its {retries} requests went elsewhere within {time.monotonic() - start:.1f} s")
    sh("ip link set host0 up")
    wait_for(lambda: front.row(0)["status"] == "UP", "a host that vanished does not come back")
    check_all_serve(front)


def check_all_serve(front):
    before = front.rows()
    time.sleep(1)
    after = front.rows()
    for i in range(HOSTS):
        check(int(after[front.name(i)]["stot"]) > int(before[front.name(i)]["stot"]), f"host {i} gets no requests")


def events(front, servers):
    kill_and_drain(front, servers)
    vanish(front)


def inside_main():
    images = np.load(os.path.join(digits, "images.npy")).astype(np.float32)
    scores = np.load(os.path.join(digits, "tensorflow.npy"))
    repository, tfport = os.path.join(scratch, "repository"), os.path.join(build, "tfport")
    subprocess.run([tfport, "triton", os.path.join(digits, "saved_model"), "--name", "digits", "--max-batch", "4096", "--queue-delay", "30000",
                    "-o", repository, "--quiet"], check=True)
    front = Front(tfport, scratch, hosts)
    servers = [kserve.Server(build, repository, f"{scratch}/log{i}", host=hosts.addresses[i], port=PORT, netns=hosts.names[i]) for i in range(HOSTS)]
    try:
        for s in servers:
            s.wait()
        front.start()
        wait_for(front.is_up, "haproxy does not start, or servers are not found ready")
        load = Load(images, scores)
        asyncio.run(load.during(lambda: events(front, servers)))
        check(not load.failures, f"{len(load.failures)} of {load.answers} requests failed: {load.failures[:3]}")
        check(load.answers > 50, "there was no load")
        print(f"{load.answers} requests, none lost; the slowest took {load.slowest:.1f} s")
    finally:
        for s in servers:
            s.stop(kill=True)
        front.stop()


if inside:
    inside_main()
else:
    sys.exit(outside())
