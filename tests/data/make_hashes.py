"""Writes hashes/: TensorFlow's hashes of 10000 strings and 10000 integers, which test_hashes.c makes itself: 10000 of each in HASHES'
order, each folded to uint32 (the upper half xor the lower), little-endian. Python with tensorflow 2.15.

The strings: of 0 to 199 bytes of any value, by the generator SplitMix64, seeded with 1; the integers: its numbers, seeded with 2."""
import pathlib
import numpy as np
import tensorflow as tf

N, MASK = 10000, (1 << 64) - 1

def numbers(seed):
    while True:
        seed = (seed + 0x9e3779b97f4a7c15) & MASK
        z = ((seed ^ seed >> 30) * 0xbf58476d1ce4e5b9) & MASK
        z = ((z ^ z >> 27) * 0x94d049bb133111eb) & MASK
        yield z ^ z >> 31

def strings():
    source = numbers(1)
    for _ in range(N):
        n = next(source) % 200
        yield bytes(next(source) & 255 for _ in range(n))

raw, BUCKETS = tf.raw_ops, (1 << 63) - 1
words = np.array(list(strings()), object)
source = numbers(2)
ints = np.array([next(source) for _ in range(N)], np.uint64).astype(np.int64)

def cross(values, **options):
    return raw.SparseCrossHashed(indices=[], values=[], shapes=[], dense_inputs=values, num_buckets=0, **options)[1]

column, numbers_column = words.reshape(-1, 1), ints.reshape(-1, 1)
HASHES = [
    raw.StringToHashBucketFast(input=words, num_buckets=BUCKETS),
    raw.StringToHashBucketStrong(input=words, num_buckets=BUCKETS, key=[0x1234567, -5]),
    raw.StringToHashBucket(string_tensor=words, num_buckets=BUCKETS),
    raw.StringToHashBucketFast(input=tf.as_string(ints), num_buckets=BUCKETS),
    cross([column, numbers_column], strong_hash=False, salt=[3, 4]),
    raw.SparseCross(indices=[], values=[], shapes=[], dense_inputs=[column, column[::-1]], hashed_output=True, num_buckets=0,
                    hash_key=0xDECAFCAFFE, out_type=tf.int64, internal_type=tf.string)[1],
]
here = pathlib.Path(__file__).parent / "hashes"
here.mkdir(exist_ok=True)
folded = [h.numpy().astype(np.uint64) for h in HASHES]
np.stack([(h ^ h >> np.uint64(32)).astype("<u4") for h in folded]).tofile(here / "hashes.u32")
