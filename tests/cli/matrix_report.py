"""What matrix.sh asks of a report.

usage: matrix_report.py valid FOLDER | status FOLDER MODEL COLUMN=STATUS.. | same FOLDER FOLDER
       | crashes WHOLE FOLDER SIGNAL MOST | page FILE MODELS
"""
import json, os, re, sys
import xml.etree.ElementTree


def load(folder):
    with open(os.path.join(folder, "report.json")) as f:
        return json.load(f)


def page_data(path):
    """The data of a page, in which nothing but its own two scripts may end a script."""
    with open(path) as f:
        text = f.read()
    assert len(re.findall(r"</script", text, re.I)) == 2, "a name got into the markup"
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "") and "https://" not in text, "it refers to a network"
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S).group(1))


def valid(folder):
    report = load(folder)
    assert page_data(os.path.join(folder, "index.html"))["ways"] == report["ways"]
    assert report["machine"]["tfport"] and report["models"]
    for m in report["models"]:
        assert all(cell["status"] in report["words"] for cell in m["cells"].values()), m["id"]
        assert m["facts"], m["id"]
    root = xml.etree.ElementTree.parse(os.path.join(folder, "junit.xml")).getroot()
    suites = {s.get("name"): s for s in root}
    assert list(suites) == report["ways"]
    for way, suite in suites.items():
        cells = [m["cells"][way] for m in report["models"] if way in m["cells"]]
        bad = sum(report["words"][c["status"]][0] == "bad" for c in cells)
        assert (int(suite.get("tests")), int(suite.get("failures"))) == (len(cells), bad) == (len(suite), len(suite.findall("*/failure")))
        assert [c.get("name") for c in suite] == [m["id"] for m in report["models"] if way in m["cells"]]


def status(folder, model, *wanted):
    m = next(m for m in load(folder)["models"] if m["id"] == model)
    for column, word in (w.rsplit("=", 1) for w in wanted):
        have = m["cells"].get(column, {}).get("status", "-")
        assert have == word, f"{model} {column}: {have} {m['cells'].get(column)}"


def timeless(value):
    """Without what differs from one run to the next."""
    if isinstance(value, dict):
        return {k: timeless(v) for k, v in value.items() if k not in ("seconds", "latency")}
    return [timeless(v) for v in value] if isinstance(value, list) else value


def same(a, b):
    a, b = timeless(load(a)), timeless(load(b))
    for x, y in zip(a["models"], b["models"]):
        assert x == y, f"{x}\n is not\n{y}"
    assert a == b


def crashes(whole, folder, signal, most):
    n = 0
    for x, y in zip(load(whole)["models"], load(folder)["models"]):
        for way, cell in y["cells"].items():
            if cell["status"] == "crashed":
                n += 1
                assert signal in cell["message"], cell
            else:
                assert cell["status"] == x["cells"][way]["status"], (x["id"], way, cell)
        facts = y["facts"].get("status")
        n += facts == "crashed"
    assert 1 <= n <= int(most), f"{n} crashed"


def page(path, models):
    data = page_data(path)
    assert len(data["models"]) == int(models)
    facts = data["models"][0]["facts"]
    assert facts["inputs"] and facts["outputs"] and facts["ops"] and facts["picture"]["nodes"]
    assert "views" in facts["picture"] or "libgvc" in facts["picture"]["missing"], facts["picture"]


{f.__name__: f for f in (valid, status, same, crashes, page)}[sys.argv[1]](*sys.argv[2:])
