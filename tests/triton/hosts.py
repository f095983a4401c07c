"""Hosts on this machine, as network namespaces behind a bridge in one more, the front's, and HAProxy there as tfport triton --cluster
configures it. All traffic stays inside them."""
import csv
import io
import os
import socket
import subprocess
import time

PORT, FRONT_PORT = 8000, 9000


def sh(command):
    subprocess.run(command, shell=True, check=True, stderr=subprocess.DEVNULL)


class Hosts:
    """Known by the folder `scratch`, so that a process inside the front's namespace finds them again."""

    def __init__(self, scratch, n):
        self.names = [f"tfport-{os.path.basename(scratch)[-8:]}-{i}" for i in range(n)]
        self.front = f"tfport-{os.path.basename(scratch)[-8:]}-front"
        self.addresses = [f"10.199.0.{11 + i}" for i in range(n)]
        self.front_address = "10.199.0.1"

    def make(self):
        for n in (*self.names, self.front):
            sh(f"ip netns add {n} && ip -n {n} link set lo up")
        sh(f"ip -n {self.front} link add bridge type bridge && ip -n {self.front} address add {self.front_address}/24 dev bridge && "
           f"ip -n {self.front} link set bridge up")
        for i, (name, address) in enumerate(zip(self.names, self.addresses)):
            sh(f"ip -n {name} link add eth type veth peer name host{i} netns {self.front}")
            sh(f"ip -n {name} address add {address}/24 dev eth && ip -n {name} link set eth up")
            sh(f"ip -n {self.front} link set host{i} master bridge up")
        # The kernel tells that a link is up up to a second later; before that, packets are lost.
        links = ["ip", "-n", self.front, "-o", "link", "show", "up"]
        wait_for(lambda: subprocess.check_output(links).count(b"state UP") == len(self.names) + 1, "links do not come up")

    def limit_links(self, mbit):
        """Each carries so many megabits a second each way."""
        for i, name in enumerate(self.names):
            for namespace, device in ((name, "eth"), (self.front, f"host{i}")):
                sh(f"tc -n {namespace} qdisc add dev {device} root tbf rate {mbit}mbit burst 256kb latency 400ms")

    def remove(self):
        for n in (*self.names, self.front):
            subprocess.run(["ip", "netns", "delete", n], stderr=subprocess.DEVNULL, check=False)

    def run_in_front(self, *command):
        return subprocess.run(["ip", "netns", "exec", self.front, *command], check=False).returncode


class Front:
    """HAProxy in the namespace that this process is in."""

    def __init__(self, tfport, scratch, hosts):
        self.socket, self.file, self.hosts, self.process = os.path.join(scratch, "admin.sock"), os.path.join(scratch, "cluster/haproxy.cfg"), hosts, None
        open(os.path.join(scratch, "hosts.txt"), "w").write("".join(f"{a}:{PORT}\n" for a in hosts.addresses))
        subprocess.run([tfport, "triton", "--cluster", f"{scratch}/hosts.txt", "-o", f"{scratch}/cluster", "--port", str(FRONT_PORT)], check=True)
        text = open(self.file).read().replace("/run/haproxy/admin.sock", self.socket)
        open(self.file, "w").write(text)

    def start(self):
        self.process = subprocess.Popen(["haproxy", "-db", "-f", self.file])

    def is_up(self):
        return os.path.exists(self.socket) and all(r["status"] == "UP" for r in self.rows().values())

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()

    def admin(self, command):
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(self.socket)
            s.sendall(command.encode() + b"\n")
            return b"".join(iter(lambda: s.recv(65536), b"")).decode()

    def rows(self):
        rows = csv.DictReader(io.StringIO(self.admin("show stat").lstrip("# ")))
        return {r["svname"]: r for r in rows if r["pxname"] == "triton"}

    def name(self, i):
        return f"{self.hosts.addresses[i]}_{PORT}"

    def row(self, i):
        return self.rows()[self.name(i)]

    def set_state(self, i, state):
        self.admin(f"set server triton/{self.name(i)} state {state}")


def wait_for(condition, what, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"FAILED: {what}")
        time.sleep(0.05)
