"""Three hosts, as network namespaces, with a Triton server each behind the HAProxy that tfport triton --cluster configures: under load
one is killed, one is drained, one vanishes (its link goes down, so that nothing says that it is gone), and they come back; no request fails. Skipped (77) without a server, HAProxy or the right to make
namespaces. All traffic stays inside them.
usage: cluster.py BUILD-FOLDER SOURCE-FOLDER"""
import asyncio
import csv
import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import numpy as np

import kserve

HOSTS, FRONT_PORT, PORT = 3, 9000, 8000
build, source = (os.path.abspath(p) for p in sys.argv[1:3])
inside = len(sys.argv) > 3  # in the namespace of the front
scratch = sys.argv[3] if inside else tempfile.mkdtemp(dir=build, prefix="cluster-test.")
names = [f"tfport-{os.path.basename(scratch)[-8:]}-{i}" for i in range(HOSTS + 1)]  # the last is the front
addresses = [f"10.199.0.{11 + i}" for i in range(HOSTS)] + ["10.199.0.1"]
digits = os.path.join(source, "demo/digits")


def skip(why):
    shutil.rmtree(scratch)
    print("skipped:", why)
    sys.exit(77)


def sh(command):
    subprocess.run(command, shell=True, check=True, stderr=subprocess.DEVNULL)


def make_hosts():
    front = names[-1]
    for n in names:
        sh(f"ip netns add {n} && ip -n {n} link set lo up")
    sh(f"ip -n {front} link add bridge type bridge && ip -n {front} address add {addresses[-1]}/24 dev bridge && ip -n {front} link set bridge up")
    for i in range(HOSTS):
        sh(f"ip -n {names[i]} link add eth type veth peer name host{i} netns {front}")
        sh(f"ip -n {names[i]} address add {addresses[i]}/24 dev eth && ip -n {names[i]} link set eth up")
        sh(f"ip -n {front} link set host{i} master bridge up")


def remove_hosts():
    for n in names:
        subprocess.run(["ip", "netns", "delete", n], stderr=subprocess.DEVNULL, check=False)


def outside():
    kserve.skip_without_server(build)
    if not shutil.which("haproxy"):
        skip("there is no haproxy")
    try:
        make_hosts()
        return subprocess.run(["ip", "netns", "exec", names[-1], sys.executable, __file__, build, source, scratch], check=False).returncode
    except (subprocess.CalledProcessError, OSError):
        skip("network namespaces are not permitted here")
    finally:
        remove_hosts()
        shutil.rmtree(scratch, ignore_errors=True)


# -- in the front's namespace ------------------------------------------------------------------------------------------

def check(condition, what):
    if not condition:
        raise SystemExit(f"FAILED: {what}")


def admin(command):
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(os.path.join(scratch, "admin.sock"))
        s.sendall(command.encode() + b"\n")
        return b"".join(iter(lambda: s.recv(65536), b"")).decode()


def server_rows():
    rows = csv.DictReader(io.StringIO(admin("show stat").lstrip("# ")))
    return {r["svname"]: r for r in rows if r["pxname"] == "triton"}


def haproxy_name(i):
    return f"{addresses[i]}_{PORT}"


def wait_for(condition, what, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        check(time.monotonic() < end, what)
        time.sleep(0.05)


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
                out = (await kserve.infer_async(addresses[-1], FRONT_PORT, "digits", {"image": self.images[at]}))["scores"]
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


def kill_and_drain(servers):
    time.sleep(1)
    before = server_rows()
    servers[1].stop(kill=True)
    wait_for(lambda: server_rows()[haproxy_name(1)]["status"].startswith("DOWN"), "a server that was killed is not taken out")
    time.sleep(0.5)
    after = server_rows()
    retries = sum(int(after[k]["wretr"] or 0) - int(before[k]["wretr"] or 0) for k in after)
    check(retries > 0, "no request was in flight on the server that was killed")
    print(f"killed: {retries} requests were sent again")

    admin(f"set server triton/{haproxy_name(2)} state drain")
    wait_for(lambda: server_rows()[haproxy_name(2)]["scur"] == "0", "a server that is drained keeps its requests")
    total = server_rows()[haproxy_name(2)]["stot"]
    time.sleep(0.5)
    check(server_rows()[haproxy_name(2)]["stot"] == total, "a server that is drained gets new requests")
    admin(f"set server triton/{haproxy_name(2)} state maint")  # no health checks, which would keep it from ending
    check(servers[2].stop() == 0, "a drained server does not end as it should")

    for i in (1, 2):
        servers[i].start()
    for i in (1, 2):
        servers[i].wait()
    admin(f"set server triton/{haproxy_name(2)} state ready")
    wait_for(lambda: all(server_rows()[haproxy_name(i)]["status"] == "UP" for i in range(HOSTS)), "servers do not come back")
    check_all_serve()


def vanish():
    before = server_rows()[haproxy_name(0)]
    sh("ip link set host0 down")
    start = time.monotonic()
    wait_for(lambda: server_rows()[haproxy_name(0)]["status"].startswith("DOWN"), "a host that vanished is not taken out")
    down = time.monotonic() - start
    wait_for(lambda: server_rows()[haproxy_name(0)]["scur"] == "0", "requests wait for a host that vanished", 20)
    retries = int(server_rows()[haproxy_name(0)]["wretr"]) - int(before["wretr"])
    check(retries > 0, "no request was in flight on the host that vanished")
    print(f"vanished: out after {down:.1f} s, its {retries} requests went elsewhere within {time.monotonic() - start:.1f} s")
    sh("ip link set host0 up")
    wait_for(lambda: server_rows()[haproxy_name(0)]["status"] == "UP", "a host that vanished does not come back")
    check_all_serve()


def check_all_serve():
    before = server_rows()
    time.sleep(1)
    after = server_rows()
    for i in range(HOSTS):
        check(int(after[haproxy_name(i)]["stot"]) > int(before[haproxy_name(i)]["stot"]), f"host {i} gets no requests")


def events(servers):
    kill_and_drain(servers)
    vanish()


def inside_main():
    images = np.load(os.path.join(digits, "images.npy")).astype(np.float32)
    scores = np.load(os.path.join(digits, "tensorflow.npy"))
    repository, tfport = os.path.join(scratch, "repository"), os.path.join(build, "tfport")
    subprocess.run([tfport, "triton", os.path.join(digits, "saved_model"), "--name", "digits", "--max-batch", "4096", "--queue-delay", "30000",
                    "-o", repository, "--quiet"], check=True)
    open(os.path.join(scratch, "hosts.txt"), "w").write("".join(f"{a}:{PORT}\n" for a in addresses[:HOSTS]))
    subprocess.run([tfport, "triton", "--cluster", f"{scratch}/hosts.txt", "-o", f"{scratch}/cluster", "--port", str(FRONT_PORT)], check=True)
    file = os.path.join(scratch, "cluster/haproxy.cfg")
    text = open(file).read().replace("/run/haproxy/admin.sock", os.path.join(scratch, "admin.sock"))
    open(file, "w").write(text)
    servers = [kserve.Server(build, repository, f"{scratch}/log{i}", host=addresses[i], port=PORT, netns=names[i]) for i in range(HOSTS)]
    proxy = None
    try:
        for s in servers:
            s.wait()
        proxy = subprocess.Popen(["haproxy", "-db", "-f", file])
        wait_for(lambda: os.path.exists(os.path.join(scratch, "admin.sock")), "haproxy does not start")
        wait_for(lambda: all(r["status"] == "UP" for r in server_rows().values()), "servers are not found ready")
        load = Load(images, scores)
        asyncio.run(load.during(lambda: events(servers)))
        check(not load.failures, f"{len(load.failures)} of {load.answers} requests failed: {load.failures[:3]}")
        check(load.answers > 50, "there was no load")
        print(f"{load.answers} requests, none lost; the slowest took {load.slowest:.1f} s")
    finally:
        for s in servers:
            s.stop(kill=True)
        if proxy:
            proxy.kill()
            proxy.wait()


if inside:
    inside_main()
else:
    sys.exit(outside())
