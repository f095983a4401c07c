#!/usr/bin/env python3
"""Writes test cases beside this file, as make_estimator_cases.py does: text.

usage: make_text_cases.py [--to DIR] [NAME..]      (Python with tensorflow 2.15; without names: all)
"""
import zlib
import saved_cases
from saved_cases import main, np, tf, v1

v1.disable_eager_execution()
raw = tf.raw_ops

def case(function, refused=99):
    """FUNCTION(c, x..) gives the outputs by name; its defaults are what the inputs x.. are fed. Opsets below `refused` lack it."""
    function.refused = refused
    return saved_cases.case(function)

def words(*values, shape=None):
    a = np.array(values, object)
    return a.reshape(shape) if shape else a

def write(function, c):
    names = function.__code__.co_varnames[1:function.__code__.co_argcount]
    with tf.Graph().as_default() as g:
        feeds = {}
        for name, value in zip(names, function.__defaults__):
            dtype = tf.string if value.dtype == object else value.dtype
            feeds[name] = (v1.placeholder(dtype, [None] * value.ndim, name), value)
        outputs = function(c, *[t for t, _ in feeds.values()])
        outputs = {k: tf.identity(t, k) for k, t in outputs.items()}
        c.finish(g, feeds, outputs, refused=function.refused)

TEXT = words(b"Hello, World!", b"", b"  two  words\t\n", "Gr\u00fc\u00dfe \u0130 \u03a3\u0391\u03a3 \u01c6".encode(),
             "\u4e2d\u6587\u5b57 \U0001f600".encode(), b"\xff\xfe broken \xe4\xb8", b"ALL CAPS and not \x0b\x0c", b"-_+/=")

@case
def string_elements(c, x=TEXT, square=words(b"abcdef", b"ghi", b"", b"\xc3\xa9t\xc3\xa9", shape=(2, 2)),
                    pos=np.array([[0, -1], [0, 1]], np.int32), length=np.array([[2, 9], [1, 2]], np.int32)):
    out = dict(lower=raw.StringLower(input=x), upper=raw.StringUpper(input=x), lower_8=raw.StringLower(input=x, encoding="utf-8"),
               upper_8=raw.StringUpper(input=x, encoding="utf-8"), strip=raw.StringStrip(input=x),
               bytes=raw.StringLength(input=x), chars=raw.StringLength(input=x, unit="UTF8_CHAR"),
               part=raw.Substr(input=x, pos=0, len=5), part_8=raw.Substr(input=x, pos=0, len=3, unit="UTF8_CHAR"),
               parts=raw.Substr(input=square, pos=pos, len=length), parts_8=raw.Substr(input=square, pos=pos, len=length, unit="UTF8_CHAR"),
               rows=raw.Substr(input=square, pos=[0, 0], len=[1, 2]),
               encoded=raw.EncodeBase64(input=x), padded=raw.EncodeBase64(input=x, pad=True))
    return dict(out, decoded=raw.DecodeBase64(input=out["encoded"]), decoded_padded=raw.DecodeBase64(input=out["padded"]))

LISTS = words(b"", b"a", b"a,b;c", b",,a;", b" a  b\tc \n", b" ", b"a ", b"a<>b<><>", b"<>")

def sparse(out, name, got):
    out.update({f"{name}_{i}": t for i, t in enumerate(got)})

@case
def string_splits(c, x=LISTS):
    out = {}
    for i, delimiter in enumerate([b"", b",", b",;"]):
        for skip in (True, False):
            sparse(out, f"by_{i}_{int(skip)}", raw.StringSplit(input=x, delimiter=delimiter, skip_empty=skip))
    return out

@case
def string_splits_v2(c, x=LISTS):
    out = {}
    for sep, most in [(b"", -1), (b"", 0), (b"", 1), (b"", 2), (b",", -1), (b",", 0), (b",", 2), (b"<>", -1), (b"<>", 1)]:
        sparse(out, f"y_{len(out)}", raw.StringSplitV2(input=x, sep=sep, maxsplit=most))
    ragged = tf.strings.split(x)
    return dict(out, padded=ragged.to_tensor(b"-"), lengths=ragged.row_lengths())

@case
def string_joins(c, x=words(*[bytes([97 + i]) for i in range(12)], shape=(2, 3, 2)), y=words(b"1", b"", b"3"),
                 ids=np.array([2, 0, 2], np.int32), first=np.array([1, 0], np.int64)):
    reduce = lambda axes, **o: raw.ReduceJoin(inputs=x, reduction_indices=axes, **o)
    return dict(joined=raw.StringJoin(inputs=[y, b"-", y], separator="+"), bare=raw.StringJoin(inputs=[y, y]),
                alone=raw.StringJoin(inputs=[y], separator="+"), last=reduce([-1], separator=" "), first_axis=reduce([0]),
                order=reduce([0, 1], separator=","), other=reduce([1, 0], separator=","), all=reduce([2, 0, 1], keep_dims=True),
                none=reduce(tf.zeros([0], tf.int32)), kept=reduce([1], keep_dims=True),
                segments=raw.UnsortedSegmentJoin(inputs=y, segment_ids=ids, num_segments=4, separator="|"),
                rows=raw.UnsortedSegmentJoin(inputs=x, segment_ids=first, num_segments=2),
                cells=raw.UnsortedSegmentJoin(inputs=x, segment_ids=tf.reshape(tf.range(6) % 2, [2, 3]), num_segments=3, separator="."))

@case
def string_ngrams(c, x=words(b"a", b"bb", b"", b"d", b"e"), splits=np.array([0, 1, 1, 5], np.int64), narrow=np.array([0, 2, 5], np.int32)):
    def grams(widths, splits=splits, left=b"", right=b"", pad=0, short=False, separator=" "):
        return raw.StringNGrams(data=x, data_splits=splits, separator=separator, ngram_widths=widths, left_pad=left, right_pad=right,
                                pad_width=pad, preserve_short_sequences=short)
    all = dict(plain=grams([1, 2]), padded=grams([2, 3], left=b"L", right=b"R", pad=-1, separator="|"), once=grams([3], left=b"<", right=b">", pad=1),
               short=grams([5], left=b"L", right=b"R", pad=1, short=True), kept=grams([3], short=True), narrow=grams([2], splits=narrow))
    return {f"{k}_{i}": t for k, got in all.items() for i, t in enumerate(got)}

@case
def string_regexes(c, x=TEXT):
    replace = lambda pattern, rewrite, **o: raw.StaticRegexReplace(input=x, pattern=pattern, rewrite=rewrite, **o)
    match = lambda pattern: raw.StaticRegexFullMatch(input=x, pattern=pattern)
    return dict(punctuation=replace(r'[!"#$%&()\*\+,-\./:;<=>?@\[\\\]^_`{|}~\']', ""), swapped=replace(r"(\w+)\s+(\w+)", r"\2 \1 [\0]"),
                first=replace("o", "0", replace_global=False), empty=replace("", "-"), classes=replace(r"[[:upper:]]|\p{Lu}|\d", "*"),
                lazy=replace(r"(?i)l+?", "_"), anchored=replace(r"(?m)^\s+|\s+$", ""), dynamic=raw.RegexReplace(input=x, pattern="[aeiou]", rewrite=r"<\0>"),
                letters=match(r"\w*"), any=match(r"(?s).*"), hello=match("H.*!"),
                dynamic_match=raw.RegexFullMatch(input=x, pattern=r"\PN*"))

@lambda f: case(f, refused=20)
def string_standard(c, x=TEXT):
    """What ONNX has ops for."""
    return dict(joined=raw.StringJoin(inputs=[x, b"-", x], separator="+"), added=raw.Add(x=x, y=x),
                matched=raw.StaticRegexFullMatch(input=x, pattern=r"[A-Z].*"))

@lambda f: case(f, refused=9)
def string_numbers(c, x=words(b"1.5", b"-2e3", b"  7 ", b"inf", b"-NaN", b"0"), n=words(b"12", b"-7", b" 3", b"0")):
    return dict(floats=raw.StringToNumber(string_tensor=x), doubles=raw.StringToNumber(string_tensor=x, out_type=tf.float64),
                ints=raw.StringToNumber(string_tensor=n, out_type=tf.int32), longs=raw.StringToNumber(string_tensor=n, out_type=tf.int64))

@case
def string_bytes(c, x=words(b"\x01\x02\x03\x04\x05\x06\x07\x08", b"abcdefgh", shape=(2, 1)), uneven=words(b"abc", b"", b"abcdefghijk"),
                 packed=words(zlib.compress(b"text " * 40, 9), zlib.compress(b"", 9))):
    types = dict(u8=tf.uint8, i16=tf.int16, i32=tf.int32, i64=tf.int64, f32=tf.float32, f64=tf.float64)
    out = {k: raw.DecodeRaw(bytes=x, out_type=t) for k, t in types.items()}
    out.update({k + "_big": raw.DecodeRaw(bytes=x, out_type=t, little_endian=False) for k, t in types.items() if k != "u8"})
    return dict(out, fixed=raw.DecodePaddedRaw(input_bytes=uneven, fixed_length=8, out_type=tf.int16),
                fixed_big=raw.DecodePaddedRaw(input_bytes=uneven, fixed_length=4, out_type=tf.int32, little_endian=False),
                inflated=raw.DecodeCompressed(bytes=packed, compression_type="ZLIB"), same=raw.DecodeCompressed(bytes=uneven))

@case
def string_unicode(c, x=words(b"abc\x07", "\u00e9\u4e2d\U0001f600".encode(), b"", b"a\xffb\xe4\xb8c", b"\xed\xa0\x80\xc0\x80."), latin=words(b"\xe9t\xe9", b"\x80"),
                   points=np.array([72, 105, 0x20ac, 0x1f600, 0xd800, 0xffff, 0x110000, 46], np.int32), splits=np.array([0, 2, 2, 8], np.int64)):
    out = {}
    for name, options in dict(plain={}, ignored=dict(errors="ignore"), control=dict(replace_control_characters=True, replacement_char=63)).items():
        for i, t in enumerate(raw.UnicodeDecodeWithOffsets(input=x, input_encoding="UTF-8", **options)):
            out[f"decoded_{name}_{i}"] = t
        out[f"transcoded_{name}"] = raw.UnicodeTranscode(input=x, input_encoding="UTF-8", output_encoding="UTF-8", **options)
    short = raw.UnicodeDecode(input=latin, input_encoding="windows-1252", Tsplits=tf.int32)
    out.update(short_0=short[0], short_1=short[1])
    for i, form in enumerate(["UTF-8", "UTF-16-BE", "UTF-32-BE"]):
        # .npy drops NULs at the end: what is compared is written as base64
        out[f"encoded_{i}"] = raw.EncodeBase64(input=raw.UnicodeEncode(input_values=points, input_splits=splits, output_encoding=form))
        out[f"skipped_{i}"] = raw.EncodeBase64(input=raw.UnicodeEncode(input_values=points, input_splits=splits, output_encoding=form, errors="ignore"))
        out[f"from_latin_{i}"] = raw.EncodeBase64(input=raw.UnicodeTranscode(input=latin, input_encoding="ISO-8859-1", output_encoding=form))
    wide = raw.UnicodeEncode(input_values=points, input_splits=splits, output_encoding="UTF-16-BE")
    out["back"] = raw.UnicodeTranscode(input=wide, input_encoding="UTF-16-BE", output_encoding="UTF-8")
    out["scripts"] = raw.UnicodeScript(input=tf.concat([points, [0x3b1, 0x5d0, 0x30a2, -1]], 0))
    return out

@case
def sparse_cross_forms(c, x=words(b"a", b"bb", b"c"), n=np.array([7, 8, -9, 10], np.int64), d=words(b"x", b"y", b"z", b"", b"u", b"v", shape=(3, 2)),
                       m=np.array([[5], [6], [-7]], np.int64)):
    at = [tf.constant([[0, 0], [0, 1], [2, 0]], tf.int64), tf.constant([[0, 0], [1, 0], [2, 0], [2, 1]], tf.int64)]
    shapes = [tf.constant([3, 2], tf.int64)] * 2
    out = {}
    sparse(out, "text", raw.SparseCrossV2(indices=at, values=[x, n], shapes=shapes, dense_inputs=[d, m], sep="<>"))
    sparse(out, "text_1", raw.SparseCross(indices=at[:1], values=[x], shapes=shapes[:1], dense_inputs=[d], hashed_output=False, num_buckets=0,
                                          hash_key=0, out_type=tf.string, internal_type=tf.string))
    sparse(out, "text_dense", raw.SparseCrossV2(indices=[], values=[], shapes=[], dense_inputs=[d, m], sep=""))
    for buckets in (0, 100):
        sparse(out, f"salted_{buckets}", raw.SparseCrossHashed(indices=at, values=[x, n], shapes=shapes, dense_inputs=[d, m], num_buckets=buckets,
                                                               strong_hash=False, salt=[3, 4]))
        sparse(out, f"strong_{buckets}", raw.SparseCrossHashed(indices=at, values=[x, n], shapes=shapes, dense_inputs=[d], num_buckets=buckets,
                                                               strong_hash=True, salt=[3, -4]))
    return out

if __name__ == "__main__":
    main(write)
