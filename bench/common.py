"""What the benchmarks share: their command line, commands that must not fail, and what `tfport bench` measures."""
import argparse, json, os, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.join(HERE, "..", "build")

def parser(doc, **models):
    """Of the command line that `doc` describes; it ends in models."""
    p = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    if models:
        p.add_argument("models", **models)
    return p

def output_of(*command, good=(0,)):
    p = subprocess.run(command, capture_output=True, text=True)
    if p.returncode not in good:
        sys.exit(f"{' '.join(command)}\nfailed with {p.returncode}: {p.stderr[-2000:]}")
    return p.stdout

def bench(tfport, model, *options):
    """What `tfport bench` tells of the model."""
    return json.loads(output_of(tfport, "bench", model, *options, "--json", "--quiet"))
