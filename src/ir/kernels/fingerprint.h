/* Hashes of strings that models were trained with, exact to the bit. */
#ifndef TFP_IR_KERNELS_FINGERPRINT_H
#define TFP_IR_KERNELS_FINGERPRINT_H

#include "base/bytes.h"

/* FarmHash's Fingerprint64, which TensorFlow's StringToHashBucketFast and Fingerprint64 take: the 64-bit hash of FarmHash
 * 1.1 for machines without special instructions. */
uint64_t fingerprint_farm(struct bytes text);
/* TensorFlow's FingerprintCat64 (platform/fingerprint.h): the hash of two hashes, in their order. */
uint64_t fingerprint_cat(uint64_t first, uint64_t second);
/* TensorFlow's Hash64 (tsl/platform/hash.cc) with the seed that the old StringToHashBucket has: MurmurHash64A. */
uint64_t fingerprint_murmur(struct bytes text);
/* SipHash-2-4 (Aumasson and Bernstein, 2012) under a key of two numbers: TensorFlow's StrongKeyedHash. */
uint64_t fingerprint_sip(struct bytes text, const uint64_t *key);

#endif
