"""A headless Chromium by chromedriver, spoken to by WebDriver (https://www.w3.org/TR/webdriver2/) with the standard library."""
import base64, json, os, shutil, subprocess, tempfile, time, urllib.error, urllib.request

SKIPPED = 77
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


def programs():
    """Paths of chromium and chromedriver; None where one is not installed."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    return (chromium, driver) if chromium and driver else None


class Browser:
    def __init__(self, width, height, dark=False):
        chromium, driver = programs()
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # it is on this machine
        self.profile = tempfile.mkdtemp(prefix="tfport-page-")
        self.process = subprocess.Popen([driver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                        env={**os.environ, "HOME": self.profile})
        for line in self.process.stdout:  # "ChromeDriver was started successfully on port 12345."
            if "started successfully on port" in line:
                self.at = "http://127.0.0.1:" + line.rstrip(" .\n").rsplit(" ", 1)[1]
                break
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                     "--user-data-dir=" + self.profile] + (["--force-dark-mode"] if dark else [])
        wanted = {"browserName": "chrome", "goog:chromeOptions": {"binary": chromium, "args": arguments},
                  "goog:loggingPrefs": {"browser": "ALL"}}
        session = self.ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self.session = "/session/" + session["sessionId"]
        self.resize(width, height)

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.at + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with self.opener.open(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as e:
            raise AssertionError(f"{path}: {json.load(e)['value'].get('message', e)[:500]}") from None

    def resize(self, width, height):
        """The page's own size: windows are no narrower than 500 pixels."""
        self.ask("POST", self.session + "/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride", "params": {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}})

    def open(self, path):
        self.ask("POST", self.session + "/url", {"url": "file://" + os.path.abspath(path)})

    def js(self, code, *arguments):
        return self.ask("POST", self.session + "/execute/sync", {"script": code, "args": list(arguments)})

    def find(self, selector):
        return self.ask("POST", self.session + "/element", {"using": "css selector", "value": selector})[ELEMENT]

    def click(self, selector):
        self.ask("POST", f"{self.session}/element/{self.find(selector)}/click", {})

    def type(self, selector, text):
        self.ask("POST", f"{self.session}/element/{self.find(selector)}/value", {"text": text})

    def press(self, key):
        """A key to what has the focus."""
        self.ask("POST", self.session + "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": [
            {"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]}]})

    def wait(self, code, seconds=10):
        end = time.time() + seconds
        while not self.js("return " + code):
            assert time.time() < end, f"never true: {code}"
            time.sleep(0.05)

    def shot(self, path):
        with open(path, "wb") as f:
            f.write(base64.b64decode(self.ask("GET", self.session + "/screenshot")))

    def errors(self):
        return [e["message"] for e in self.ask("POST", self.session + "/se/log", {"type": "browser"}) if e["level"] in ("SEVERE", "WARNING")]

    def close(self):
        try:
            self.ask("DELETE", self.session)
        finally:
            self.process.terminate()
            self.process.wait()
            shutil.rmtree(self.profile, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
