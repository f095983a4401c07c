
7
xPlaceholder*
dtype0*
shape:ÿÿÿÿÿÿÿÿÿ
F
StringToHashBucketFastStringToHashBucketFastx*
num_buckets
0
h_1IdentityStringToHashBucketFast*
T0	
H
StringToHashBucketFast_1StringToHashBucketFastx*
num_buckets

3
h_10IdentityStringToHashBucketFast_1*
T0	
J
StringToHashBucketFast_2StringToHashBucketFastx*
num_bucketsÃ„=
8
	h_1000003IdentityStringToHashBucketFast_2*
T0	
P
StringToHashBucketFast_3StringToHashBucketFastx*
num_buckets
€€€€€€€€@
D
h_4611686018427387904IdentityStringToHashBucketFast_3*
T0	"í