/* Strings as numbers of buckets: TensorFlow's StringToHashBucketFast, StringToHashBucketStrong and the old StringToHashBucket. */
#include "ir/kernels/fingerprint.h"
#include "ir/kernels/gathered.h"

#include <inttypes.h>

typedef uint64_t hash_fn(struct bytes text, const uint64_t *key);

static uint64_t fast(struct bytes text, const uint64_t *key)
{
    (void)key;
    return fingerprint_farm(text);
}

static uint64_t old(struct bytes text, const uint64_t *key)
{
    (void)key;
    return fingerprint_murmur(text);
}

static tfp_status hash_all(struct kernel *k, hash_fn *hash, const uint64_t *key)
{
    const int64_t buckets = ir_attr_int(k->node, ATTR_NUM_BUCKETS, 0);
    const struct tensor *in = &k->in[0];
    if (buckets < 1) return kernel_fail(k, TFP_E_FORMAT, "num_buckets is %" PRId64, buckets);
    TFP_TRY(kernel_output(k, 0, TFP_INT64, in->rank, in->dims));
    for (int64_t i = 0; i < in->count; i++)
        ((int64_t *)k->out[0].data)[i] = (int64_t)(hash(tensor_string(in, i), key) % (uint64_t)buckets);
    return TFP_OK;
}

static tfp_status hash_bucket_fast(struct kernel *k)
{
    return hash_all(k, fast, NULL);
}

static tfp_status hash_bucket(struct kernel *k)
{
    return hash_all(k, old, NULL);
}

static tfp_status hash_bucket_strong(struct kernel *k)
{
    const struct ir_ints key = ir_attr_ints(k->node, ATTR_KEY);
    if (key.n != 2) return kernel_fail(k, TFP_E_FORMAT, "its key has %zu numbers, not 2", key.n);
    return hash_all(k, fingerprint_sip, (const uint64_t[]){ (uint64_t)key.at[0], (uint64_t)key.at[1] });
}

const struct kernel_row kernels_hash[] = {
    { IR_STRING_TO_HASH_BUCKET, .run = hash_bucket },
    { IR_STRING_TO_HASH_BUCKET_FAST, .run = hash_bucket_fast },
    { IR_STRING_TO_HASH_BUCKET_STRONG, .run = hash_bucket_strong },
};
const size_t kernels_hash_n = sizeof kernels_hash / sizeof kernels_hash[0];
