"""Writes tfrecord/: the messages of the case parse_example as TensorFlow's own writer packs them. Python with tensorflow 2.15."""
import pathlib, sys

here = pathlib.Path(__file__).parent
sys.path.insert(0, str(here.parent / "cases"))
from make_estimator_cases import MESSAGES, tf

for name, compression in (("plain", ""), ("gzip", "GZIP"), ("zlib", "ZLIB")):
    with tf.io.TFRecordWriter(str(here / "tfrecord" / f"{name}.tfrecord"), compression) as w:
        for message in MESSAGES:
            w.write(message)
