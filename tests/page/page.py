#!/usr/bin/env python3
"""The page of `tfport matrix` and `tfport view` in a headless Chromium: it opens from a file, filters, sorts, opens a cell, draws
the graph, says nothing on the console, wide and narrow, and stays quick with 5,000 models.

usage: page.py TFPORT CASES-FOLDER SCREENSHOTS-FOLDER
"""
import json, os, re, subprocess, sys, tempfile, time

from browser import Browser, SKIPPED, programs

TFPORT, CASES, SHOTS = sys.argv[1:]


def make(folder, *arguments):
    r = subprocess.run([TFPORT, *arguments, "--quiet"], capture_output=True, text=True)
    assert r.returncode in (0, 4), r.stderr


def deep_graph(path, scopes, nodes):
    """A GraphDef in text with many scopes, some with many nodes, and names that want to be markup."""
    with open(path, "w") as f:
        f.write('node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } }\n')
        last = "x"
        for s in range(scopes):
            for n in range(nodes):
                name = f"net/block_{s}/<b>layer_{n}</b>/op"
                op = ("Sin", "Cos")[n % 2]
                f.write(f'node {{ name: "{name}" op: "{op}" input: "{last}" attr {{ key: "T" value {{ type: DT_FLOAT }} }} }}\n')
                last = name


def many_models(source, to, n):
    """The same page with the models of the first again and again."""
    text = open(source).read()
    data = re.search(r'(<script type="application/json" id="data">)(.*?)(</script>)', text, re.S)
    report = json.loads(data.group(2))
    models = report["models"]
    report["models"] = [{**models[i % len(models)], "id": f"model_{i:05d}"} for i in range(n)]
    with open(to, "w") as f:
        f.write(text[:data.start(2)] + json.dumps(report).replace("<", "\\u003c") + text[data.end(2):])


def choose(b, name, value):
    b.js("const s = document.getElementById(arguments[0]); s.value = arguments[1];"
         "s.dispatchEvent(new Event('input', { bubbles: true }))", name, value)


def ids(b):
    return b.js("return [...document.querySelectorAll('.matrix tbody th a')].map(a => a.textContent)")


def shot(b, name):
    b.shot(os.path.join(SHOTS, name + ".png"))


def has_no_overflow(b):
    assert b.js("return document.documentElement.scrollWidth <= window.innerWidth"), "the page is wider than the window"


def check_matrix(path, width):
    with Browser(width, 900) as b:
        b.open(path)
        has_no_overflow(b)
        shot(b, f"matrix_{width}")
        all_ids = ids(b)
        assert len(all_ids) > 8, all_ids
        # filters
        b.type("#search", "ckpt_v1")
        assert ids(b) == [i for i in all_ids if "ckpt_v1" in i] != [], ids(b)
        b.click("button[type=reset]")
        b.wait(f"document.querySelectorAll('.matrix tbody tr').length === {len(all_ids)}")
        choose(b, "status", "refused")
        refused = ids(b)
        assert 0 < len(refused) < len(all_ids)
        assert "found" in b.js("return document.getElementById('found').textContent")
        choose(b, "status", "")
        # sorting, by a way and back
        b.click("thead th:first-child button")
        b.click("thead th:first-child button")
        assert ids(b) == b.js("return arguments[0].sort((x, y) => y.localeCompare(x, 'en', { numeric: true }))", all_ids)
        assert b.js("return document.querySelector('thead th').getAttribute('aria-sort')") == "descending"
        # a cell, by keyboard
        b.js("document.querySelector('.matrix button.status.neutral').focus()")
        b.press("\ue007")  # Enter
        b.wait("document.getElementById('details').open")
        message = b.js("return document.querySelector('#details .message').textContent")
        assert "opset 7 cannot express" in message, message
        assert b.js("return document.activeElement.textContent") == "Close"
        has_no_overflow(b)
        shot(b, f"cell_{width}")
        b.press("\ue00c")  # Escape
        b.wait("!document.getElementById('details').open")
        # the latency plot and the picture of a model that ran
        b.js("document.querySelector('.matrix tbody tr:last-child button.status.good').click()")
        assert b.js("return document.querySelectorAll('#details svg circle.median').length") > 0
        if b.js("return !!document.querySelector('#details .picture')"):
            assert b.js("return document.querySelectorAll('#details .picture rect').length") > 2
            b.js("document.querySelector('#details .picture').scrollIntoView()")
            shot(b, f"picture_{width}")
        b.press("\ue00c")
        # the summary leads to its models
        choose(b, "show", "summary")
        shot(b, f"summary_{width}")
        b.js("document.querySelector('main tbody button').click()")
        assert 0 < len(ids(b)) < len(all_ids)
        assert not b.errors(), b.errors()


def check_view(path, width):
    with Browser(width, 900, dark=True) as b:
        b.open(path)
        has_no_overflow(b)
        assert b.js("return document.querySelectorAll('b').length") == 0, "a name became markup"
        if not b.js("return !!document.querySelector('.picture')"):
            print("no libgvc: the picture is not looked at")
            return
        ir = ".graph:first-of-type .picture"
        boxes = b.js(f"return document.querySelectorAll('{ir} rect').length")
        assert 2 < boxes < 60, boxes
        assert b.js("return document.querySelectorAll('.graph').length") == 2, "TensorFlow's graph beside the IR"
        b.js("document.querySelector('.picture').scrollIntoView()")
        shot(b, f"view_{width}")
        b.js("document.querySelector('.picture g.scope').focus()")
        b.press("\ue007")
        assert b.js("return document.querySelector('.tools button').disabled") is False
        assert b.js("return document.querySelectorAll('.picture g.outside').length") > 0
        shot(b, f"scope_{width}")
        b.js("document.querySelector('.tools button').click()")
        assert b.js("return document.querySelectorAll(arguments[0]).length", ir + " rect") == boxes
        assert not b.errors(), b.errors()


def check_many(path):
    with Browser(1400, 900) as b:
        start = time.time()
        b.open(path)
        b.wait("document.querySelectorAll('.matrix tbody tr').length > 0", 60)
        opened = time.time() - start
        assert b.js("return document.querySelectorAll('.matrix tbody tr').length") <= 100
        times = b.js("""
            const timed = act => { const start = performance.now(); act(); document.body.offsetHeight; return performance.now() - start; };
            const type = text => timed(() => { const s = document.getElementById('search'); s.value = text;
                s.dispatchEvent(new Event('input', { bubbles: true })); });
            type('');
            return { filter: type('model_04'), sort: timed(() => document.querySelectorAll('thead button')[5].click()) };""")
        print(f"5,000 models: opened in {opened:.1f} s, filtered in {times['filter']:.0f} ms, sorted in {times['sort']:.0f} ms")
        assert opened < 20 and times["filter"] < 2000 and times["sort"] < 2000
        assert len(ids(b)) == 100 and all(i.startswith("model_04") for i in ids(b))
        b.click("#pager button:last-child")
        assert "page 2 of 10" in b.js("return document.getElementById('pager').textContent")
        assert not b.errors(), b.errors()


def main():
    if not programs():
        print("skipped: no chromium and chromedriver (Debian: chromium chromium-driver)")
        return SKIPPED
    os.makedirs(SHOTS, exist_ok=True)
    with tempfile.TemporaryDirectory() as d:
        make(d, "matrix", CASES, "-o", d + "/report", "--filter", "^(ckpt|combined|found)[a-z0-9_]*/", "--ways", "cpu,onnx",
             "--opsets", "7,17")
        deep_graph(d + "/deep.pbtxt", 12, 30)
        make(d, "view", d + "/deep.pbtxt", "-o", d + "/view.html")
        many_models(d + "/report/index.html", d + "/many.html", 5000)
        for width in (400, 1400):
            check_matrix(d + "/report/index.html", width)
            check_view(d + "/view.html", width)
        check_many(d + "/many.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
