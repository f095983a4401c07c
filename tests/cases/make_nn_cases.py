#!/usr/bin/env python3
"""Writes more test cases beside this file, as make_cases.py does: convolution, pooling, normalization, images, detection,
quantization, linear algebra, Fourier transforms, losses.

usage: make_nn_cases.py [--to DIR] [NAME..]      (Python with tensorflow 2.15; without names: all)
"""
from graph_cases import case, cpu_only, edited, ints, main, normal, np, raw, since, tf, uniform, v1

def weights(*shape, dtype=np.float32, seed=1):
    return (np.random.default_rng(seed).standard_normal(shape) * 0.5).astype(dtype)

# -- convolution -------------------------------------------------------------------------------------------------------

def conv(x, w, strides=(1, 1), dilations=(1, 1), padding="SAME", pads=None, first=False):
    order = (lambda v: [1, 1, *v]) if first else (lambda v: [1, *v, 1])
    more = dict(padding="EXPLICIT", explicit_paddings=([0, 0, 0, 0] + pads) if first else ([0, 0] + pads + [0, 0])) if pads else dict(padding=padding)
    return raw.Conv2D(input=x, filter=w, strides=order(strides), dilations=order(dilations), data_format="NCHW" if first else "NHWC", **more)

@case(normal(1, 7, 10, 3), shapes={0: (None, None, None, 3)})
def conv2d_dynamic(x):
    w = weights(3, 4, 3, 2)
    return [conv(x, w), conv(x, w, (2, 2)), conv(x, w, (2, 3), padding="VALID"), conv(x, w, (1, 1), (2, 2)), conv(x, w, (2, 1), (2, 2)),
            conv(x, w, (2, 2), pads=[1, 2, 0, 3]), conv(x, weights(1, 1, 3, 2), (2, 2)), conv(x, weights(2, 3, 1, 6), (2, 2))]

@case(normal(2, 7, 10, 3), normal(2, 3, 3, 2), shapes={0: (None, 7, 10, 3)})
def conv2d_static(x, w):
    return [conv(x, w), conv(x, w, (2, 2)), conv(x, w, (3, 2)), conv(x, w, (1, 2), padding="VALID"), conv(x, w, (2, 2), (2, 1)),
            conv(x, weights(1, 3, 3, 2), (3, 3)), conv(x, weights(5, 5, 3, 1), (4, 3))]

@case(normal(2, 4, 7, 6), shapes={0: (None, 4, None, None)})
def conv2d_channels_first(x):
    w = weights(3, 3, 4, 2)
    y = raw.BiasAdd(value=conv(x, w, (2, 2), first=True), bias=[0.5, -1.0], data_format="NCHW")
    d = raw.DepthwiseConv2dNative(input=x, filter=weights(3, 2, 4, 2), strides=[1, 1, 2, 2], padding="SAME", data_format="NCHW")
    return [raw.Relu(features=y), conv(x, w, (1, 1), (1, 2), first=True), conv(x, w, pads=[1, 0, 2, 1], first=True), d]

@case(ints(-9, 9, 1, 5, 6, 2), normal(1, 5, 6, 2, dtype=np.float16), shapes={0: (None, None, None, 2)})
def conv2d_types(i, h):
    w = weights(2, 3, 2, 2)
    whole = tf.constant((w * 20).astype(np.int32))
    return [conv(i, whole, (2, 1)), conv(i, whole, (1, 1), (2, 2), "VALID"), conv(h, w.astype(np.float16))]

@cpu_only
@case(normal(1, 5, 6, 2, dtype=np.float64))
def conv2d_double(x):
    w = weights(2, 3, 2, 2, dtype=np.float64)
    return [conv(x, w, (2, 1)), back([1, 10, 12, 2], weights(3, 3, 2, 2, dtype=np.float64), x)]

@case(normal(1, 8, 9, 3), normal(1, 5, 5, 2), shapes={0: (None, None, None, 3), 1: (None, None, None, None)})
def depthwise(x, z):
    def dw(v, w, strides=(1, 1), dilations=(1, 1), padding="SAME", **more):
        return raw.DepthwiseConv2dNative(input=v, filter=w, strides=[1, *strides, 1], dilations=[1, *dilations, 1], padding=padding, **more)
    w = weights(3, 3, 3, 2)
    return [dw(x, w), dw(x, w, (2, 2)), dw(x, w, (1, 1), (2, 2)), dw(x, weights(2, 3, 3, 1), (2, 2), padding="VALID"),
            dw(x, w, (2, 2), padding="EXPLICIT", explicit_paddings=[0, 0, 1, 2, 2, 0, 0, 0]), dw(z, weights(3, 3, 2, 3), (2, 2))]

@case(normal(1, 8, 9, 3), normal(2, 10, 2), normal(1, 7, 9, 3), shapes={0: (None, 8, 9, 3), 1: (None, None, 2), 2: (None, None, None, 3)})
def dilated_by_blocks(x, s, z):
    w = weights(3, 3, 3, 2)
    def blocks(v, w, block, pads, crops, op=raw.Conv2D):
        v = raw.SpaceToBatchND(input=v, block_shape=block, paddings=pads)
        return raw.BatchToSpaceND(input=op(input=v, filter=w, strides=[1, 1, 1, 1], padding="VALID"), block_shape=block, crops=crops)
    def series(v, w, block, pads, crops):
        v = raw.SpaceToBatchND(input=v, block_shape=[block], paddings=[pads])
        v = raw.Conv2D(input=tf.expand_dims(v, 1), filter=w, strides=[1, 1, 1, 1], padding="VALID")
        return raw.BatchToSpaceND(input=tf.squeeze(v, [1]), block_shape=[block], crops=[crops])
    size = tf.shape(z)[1:3]
    full = size + [4, 4]
    extra = (2 - full % 2) % 2
    pads = tf.stack([[2, 2 + extra[0]], [2, 2 + extra[1]]])
    crops = tf.stack([[0, extra[0]], [0, extra[1]]])
    return [blocks(x, w, [2, 2], [[2, 2], [2, 3]], [[0, 0], [0, 1]]), blocks(x, w, [2, 3], [[0, 0], [0, 0]], [[0, 0], [0, 0]]),
            blocks(x, weights(3, 3, 3, 2), [2, 2], [[2, 2], [2, 3]], [[0, 0], [0, 1]], raw.DepthwiseConv2dNative),
            blocks(x, w, [2, 2], [[0, 0], [0, 1]], [[1, 0], [0, 2]]), series(s, weights(1, 3, 2, 3), 2, [2, 2], [0, 0]),
            series(s, weights(1, 3, 2, 3), 3, [6, 2], [0, 0]), blocks(z, w, [2, 2], pads, crops)]

def back(sizes, w, y, strides=(2, 2), dilations=(1, 1), **more):
    return raw.Conv2DBackpropInput(input_sizes=sizes, filter=w, out_backprop=y, strides=[1, *strides, 1], dilations=[1, *dilations, 1],
                                   **{"padding": "SAME", **more})

@case(normal(2, 4, 5, 3), normal(2, 4, 5, 3), normal(1, 9, 9, 1), shapes={1: (None, None, None, 3), 2: (None, None, None, 1)})
def conv2d_transposed(x, z, like):
    w, n, shape = weights(3, 3, 2, 3), tf.shape(z)[0], tf.shape(z)
    return [back([2, 8, 10, 2], w, x), back([2, 7, 9, 2], w, x), back([2, 9, 11, 2], w, x, padding="VALID"),
            back([2, 10, 12, 2], w, x, padding="VALID"), back([2, 4, 5, 2], w, x, (1, 1)), back([2, 8, 15, 2], weights(2, 2, 2, 3), x, (2, 3)),
            back([2, 8, 10, 2], weights(1, 1, 2, 3), x), back([2, 8, 10, 2], w, x, (2, 2), (2, 2)),
            back([2, 9, 10, 2], w, x, (2, 2), padding="EXPLICIT", explicit_paddings=[0, 0, 0, 0, 1, 0, 0, 0]),
            back(tf.stack([n, 8, 10, 2]), w, z), back(tf.stack([n, shape[1] * 2, shape[2] * 2, 2]), w, z),
            back(tf.stack([n, shape[1] * 2 + 1, shape[2] * 2 + 1, 2]), w, z, padding="VALID"),
            back(tf.stack([n, tf.shape(like)[1] - 2, tf.shape(like)[2], 2]), w, z),
            back(tf.stack([n, tf.shape(like)[1], tf.shape(like)[2] + 2, 2]), w, z, padding="VALID"),
            raw.DepthwiseConv2dNativeBackpropInput(input_sizes=[2, 8, 9, 3], filter=weights(3, 3, 3, 1), out_backprop=x, strides=[1, 2, 2, 1], padding="SAME")]

@case(normal(1, 3, 4, 5, 2), normal(1, 2, 3, 4, 5), shapes={0: (None, None, None, None, 2)})
def conv3d(x, first):
    w = weights(2, 3, 2, 2, 3)
    n = tf.shape(x)
    return [raw.Conv3D(input=x, filter=w, strides=[1, 1, 1, 1, 1], padding="SAME"), raw.Conv3D(input=x, filter=w, strides=[1, 2, 1, 2, 1], padding="VALID"),
            raw.Conv3D(input=x, filter=w, strides=[1, 2, 2, 2, 1], padding="SAME"),
            raw.Conv3D(input=first, filter=w, strides=[1, 1, 1, 2, 2], padding="SAME", data_format="NCDHW"),
            raw.Conv3DBackpropInputV2(input_sizes=tf.stack([n[0], n[1] * 2, n[2] * 2, n[3], 3]), filter=weights(2, 3, 2, 3, 2), out_backprop=x,
                                      strides=[1, 2, 2, 1, 1], padding="SAME")]

@case(normal(1, 5, 6, 2), shapes={0: (None, None, None, 2)})
def dilation2d(x):
    w = weights(3, 2, 2)
    return [raw.Dilation2D(input=x, filter=w, strides=[1, 1, 1, 1], rates=[1, 1, 1, 1], padding="SAME"),
            raw.Dilation2D(input=x, filter=w, strides=[1, 2, 1, 1], rates=[1, 1, 2, 1], padding="VALID"),
            raw.Dilation2D(input=x, filter=w, strides=[1, 2, 2, 1], rates=[1, 2, 2, 1], padding="SAME")]

# -- pooling -----------------------------------------------------------------------------------------------------------

@case(normal(2, 7, 10, 4), shapes={0: (None, None, None, 4)})
def pools(x):
    def pool(op, k, s, padding, **more):
        return op(**{"value" if op is raw.AvgPool else "input": x}, ksize=[1, *k, 1], strides=[1, *s, 1], padding=padding, **more)
    outputs = [pool(op, k, s, p) for op in (raw.MaxPool, raw.AvgPool)
               for k, s, p in [((2, 2), (2, 2), "VALID"), ((3, 3), (2, 2), "SAME"), ((3, 2), (1, 1), "SAME"), ((2, 3), (3, 2), "SAME")]]
    return outputs + [pool(raw.MaxPool, (3, 3), (2, 2), "EXPLICIT", explicit_paddings=[0, 0, 1, 2, 0, 1, 0, 0]),
                      raw.MaxPool(input=x, ksize=[1, 1, 1, 2], strides=[1, 1, 1, 2], padding="VALID"),
                      raw.MaxPoolV2(input=x, ksize=[1, 3, 3, 1], strides=[1, 2, 1, 1], padding="SAME")]

@case(normal(2, 7, 6, 4), normal(2, 3, 6, 5), normal(1, 3, 4, 5, 2), shapes={1: (None, 3, None, None), 2: (None, None, 4, 5, 2)})
def pools_other(x, first, deep):
    more = dict(ksize=[1, 1, 2, 3], strides=[1, 1, 2, 2], padding="SAME", data_format="NCHW")
    deep_more = [dict(ksize=[1, 2, 2, 3, 1], strides=[1, 2, 1, 2, 1], padding=p) for p in ("SAME", "VALID")]
    flipped = tf.transpose(deep, [0, 4, 1, 2, 3])
    return [raw.AvgPool(value=x, ksize=[1, 4, 3, 1], strides=[1, 3, 2, 1], padding="SAME"), raw.MaxPool(input=first, **more), raw.AvgPool(value=first, **more),
            *[raw.MaxPool3D(input=deep, **m) for m in deep_more], *[raw.AvgPool3D(input=deep, **m) for m in deep_more],
            raw.MaxPool3D(input=flipped, ksize=[1, 1, 2, 2, 2], strides=[1, 1, 1, 2, 2], padding="SAME", data_format="NCDHW")]

@case(ints(-99, 99, 1, 4, 5, 2), ints(0, 200, 1, 4, 5, 2, dtype=np.uint8), ints(-9, 9, 1, 4, 5, 2, dtype=np.int64),
      ints(-99, 99, 1, 4, 5, 2, dtype=np.int8), ints(-999, 999, 1, 4, 5, 2, dtype=np.int16), normal(1, 4, 5, 2, dtype=np.float16), normal(1, 4, 5, 2, dtype=np.float64))
def pools_types(*all):
    more = dict(ksize=[1, 2, 3, 1], strides=[1, 2, 2, 1], padding="SAME")
    return [raw.MaxPool(input=x, **more) for x in all] + [raw.AvgPool(value=x, **more) for x in all[-2:]]

@case(normal(2, 5, 6, 3), shapes={0: (None, None, 6, 3)})
def pool_argmax(x):
    more = dict(ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1])
    return since(8, *raw.MaxPoolWithArgmax(input=x, padding="SAME", **more), *raw.MaxPoolWithArgmax(input=x, padding="VALID", Targmax=tf.int32, **more),
            *raw.MaxPoolWithArgmax(input=x, padding="SAME", include_batch_in_index=True, **more))

# -- normalization -----------------------------------------------------------------------------------------------------

@case(normal(2, 3, 4, 5), normal(2, 3, 4, 2, 3), normal(2, 3, 4, 5, dtype=np.float16), shapes={0: (None, None, None, 5), 1: (None, 3, 4, None, 3)})
def batch_norms(x, deep, h):
    c5, c3 = [np.abs(weights(4, c, seed=c)) + 0.1 for c in (5, 3)]
    args = lambda c: dict(scale=c[0], offset=c[1] - 0.3, mean=c[2], variance=c[3])
    first = tf.transpose(x, [0, 3, 1, 2])
    trained = raw.FusedBatchNormV3(x=x, scale=c5[0], offset=c5[1], mean=c5[2], variance=c5[3], exponential_avg_factor=0.25)
    plain = raw.FusedBatchNorm(x=x, scale=c5[0], offset=c5[1], mean=[], variance=[], epsilon=0.01)
    return [raw.FusedBatchNorm(x=x, **args(c5), is_training=False)[0], raw.FusedBatchNormV2(x=first, **args(c5), is_training=False, data_format="NCHW")[0],
            raw.FusedBatchNormV3(x=deep, **args(c3), is_training=False, epsilon=0.01, data_format="NDHWC")[0],
            raw.FusedBatchNormV3(x=h, **args(c5), is_training=False)[0], *trained[:5], *plain[:3],
            raw.FusedBatchNormV3(x=first, scale=c5[0], offset=c5[1], mean=[], variance=[], data_format="NCHW")[0],
            raw.FusedBatchNormV3(x=h, scale=c5[0], offset=c5[1], mean=[], variance=[])[0], *raw.FusedBatchNormV3(x=x, **args(c5), is_training=False)[1:3]]

@case(normal(2, 3, 4, 11), normal(3, 5, scale=4), normal(2, 3, 4, dtype=np.float16), shapes={1: (None, None)})
def channel_norms(x, y, h):
    return [raw.LRN(input=x), raw.LRN(input=x, depth_radius=2, bias=2.0, alpha=0.5, beta=0.75), raw.LRN(input=x, depth_radius=0, alpha=0.5),
            raw.Softmax(logits=y), raw.LogSoftmax(logits=y), raw.Softmax(logits=x), raw.LogSoftmax(logits=h)]

@case(normal(4, 6, scale=2), uniform(0, 1, 4, 6), ints(0, 6, 4), normal(1, 6), shapes={0: (None, None), 1: (None, 6), 2: (None,)})
def cross_entropy(x, p, labels, row):
    return [*raw.SoftmaxCrossEntropyWithLogits(features=x, labels=p / tf.reduce_sum(p, 1, keepdims=True)),
            *raw.SparseSoftmaxCrossEntropyWithLogits(features=x, labels=labels),
            raw.SoftmaxCrossEntropyWithLogits(features=row, labels=p / tf.reduce_sum(p, 1, keepdims=True))[0]]

# -- images ------------------------------------------------------------------------------------------------------------

BOTH = [dict(), dict(align_corners=True), dict(half_pixel_centers=True)]

@case(normal(1, 4, 5, 2), shapes={0: (None, 4, 5, 2)})
def resize_bilinear(x):
    return [raw.ResizeBilinear(images=x, size=s, **m) for m in BOTH for s in ([8, 10], [7, 3], [1, 13], [4, 5])]

@case(normal(1, 4, 5, 2), ints(0, 99, 1, 4, 5, 2), shapes={0: (None, 4, 5, 2)})
def resize_nearest(x, i):
    return [raw.ResizeNearestNeighbor(images=x, size=s, **m) for m in BOTH for s in ([8, 15], [7, 3], [1, 13])] + [raw.ResizeNearestNeighbor(images=i, size=[9, 10])]

@case(normal(1, 5, 4, 2))
def resize_bicubic(x):
    return [raw.ResizeBicubic(images=x, size=s, **m) for m in BOTH for s in ([10, 8], [7, 3], [1, 13])]

@case(normal(1, 6, 5, 2), shapes={0: (None, 6, 5, 2)})
def resize_area(x):
    return [raw.ResizeArea(images=x, size=s, **m) for m in BOTH[:2] for s in ([3, 5], [4, 2], [9, 7])]

@case(normal(1, 4, 5, 2), np.array([7, 9], np.int32), ints(0, 255, 1, 3, 4, 3, dtype=np.uint8), shapes={0: (None, None, None, 2)})
def resize_dynamic(x, size, u):
    twice = tf.shape(x)[1:3] * 2
    ops = [raw.ResizeBilinear, raw.ResizeNearestNeighbor, raw.ResizeBicubic]
    return [op(images=x, size=s, **m) for op in ops for m in BOTH for s in (twice, size)] + \
           [raw.ResizeArea(images=x, size=size), raw.ResizeBilinear(images=u, size=[5, 5]), raw.ResizeNearestNeighbor(images=u, size=[6, 8])]

@case(normal(1, 6, 5, 2))
def scale_and_translate(x):
    kernels = ["lanczos1", "lanczos3", "lanczos5", "gaussian", "box", "triangle", "keyscubic", "mitchellcubic"]
    def resized(size, kernel, antialias, translation=(0.0, 0.0)):
        return raw.ScaleAndTranslate(images=x, size=size, scale=[size[0] / 6, size[1] / 5], translation=translation, kernel_type=kernel, antialias=antialias)
    return [resized([9, 7], k, False) for k in kernels] + [resized([4, 3], k, True) for k in kernels] + [resized([4, 7], "triangle", True, (1.5, -0.75))]

@case(normal(1, 4, 5, 2), np.array([7, 9], np.int32), np.array([1.75, 1.8], np.float32), shapes={0: (None, None, None, 2)})
def scale_and_translate_dynamic(x, size, scale):
    return [raw.ScaleAndTranslate(images=x, size=size, scale=scale, translation=[0.0, 0.0], kernel_type=k, antialias=True) for k in ("lanczos3", "keyscubic")]

@case(uniform(0, 1, 2, 3, 4, 3), np.array([[0, 0, 0], [1, 1, 1], [0.5, 0.5, 0.2], [0.1, 0.9, 0.9], [1, 0, 0], [0, 0, 1], [0, 1, 0], [0.3, 0.3, 0.3]], np.float32),
      shapes={0: (None, None, None, 3)})
def colours(x, edge):
    return [raw.RGBToHSV(images=x), raw.RGBToHSV(images=edge), raw.HSVToRGB(images=x), raw.HSVToRGB(images=edge), raw.AdjustHue(images=x, delta=0.3),
            raw.AdjustHue(images=x, delta=-0.6), raw.AdjustSaturation(images=x, scale=1.7), raw.AdjustSaturation(images=x, scale=0.2),
            raw.AdjustContrastv2(images=x, contrast_factor=1.4)]

@case(ints(1, 9, 4), ints(1, 9, 2), ints(0, 3, 3), np.int32(-1))
def data_formats(v, pair, axes, axis):
    both = dict(src_format="NHWC", dst_format="NCHW"), dict(src_format="NCHW", dst_format="NHWC")
    return [raw.DataFormatVecPermute(x=x, **m) for x in (v, pair, tf.stack([v, v], 1)) for m in both] + [raw.DataFormatDimMap(x=x, **m) for x in (axes, axis) for m in both]

# -- detection ---------------------------------------------------------------------------------------------------------

def boxes(n, seed=3):
    r = np.random.default_rng(seed)
    low = r.uniform(0, 0.7, (n, 2))
    b = np.concatenate([low, low + r.uniform(0.15, 0.5, (n, 2))], 1).astype(np.float32)
    b[::4] = b[::4][:, [2, 3, 0, 1]]
    return b

@case(boxes(20), uniform(0, 1, 20), np.int32(6), np.float32(0.3), np.float32(0.25), shapes={0: (None, 4), 1: (None,)})
def suppressions(b, s, n, iou, least):
    more = dict(boxes=b, scores=s, max_output_size=n, iou_threshold=iou)
    same = tf.round(s * 4) / 4
    return since(10, raw.NonMaxSuppression(boxes=b, scores=s, max_output_size=n), raw.NonMaxSuppression(boxes=b, scores=same, max_output_size=20, iou_threshold=0.2),
            raw.NonMaxSuppressionV2(**more), raw.NonMaxSuppressionV3(**more, score_threshold=least),
            *raw.NonMaxSuppressionV4(**more, score_threshold=least), *raw.NonMaxSuppressionV4(**{**more, "max_output_size": 25}, score_threshold=0.5, pad_to_max_output_size=True),
            *raw.NonMaxSuppressionV5(**more, score_threshold=least, soft_nms_sigma=0.0),
            *raw.NonMaxSuppressionV5(**{**more, "max_output_size": 25}, score_threshold=0.5, soft_nms_sigma=0.0, pad_to_max_output_size=True))

@case(boxes(12), uniform(0, 1, 12), uniform(0, 1, 12, 12), shapes={0: (None, 4), 1: (None,)})
def suppressions_by_steps(b, s, overlaps):
    more = dict(boxes=b, scores=s, iou_threshold=0.5)
    return [*raw.NonMaxSuppressionV5(**more, max_output_size=6, score_threshold=0.2, soft_nms_sigma=0.5),
            *raw.NonMaxSuppressionV5(**more, max_output_size=15, score_threshold=0.1, soft_nms_sigma=0.3, pad_to_max_output_size=True),
            *raw.NonMaxSuppressionV5(**{**more, "iou_threshold": 1.0}, max_output_size=4, score_threshold=-1.0, soft_nms_sigma=0.2),
            raw.NonMaxSuppressionWithOverlaps(overlaps=overlaps, scores=s, max_output_size=5, overlap_threshold=0.5, score_threshold=0.1)]

@case(boxes(40).reshape(2, 20, 1, 4) * 1.3 - 0.1, boxes(60).reshape(2, 10, 3, 4), uniform(0, 1, 2, 20, 3), uniform(0, 1, 2, 10, 3),
      shapes={0: (None, None, 1, 4), 2: (None, None, 3)})
def combined_suppression(shared, own, s, t):
    more = dict(iou_threshold=0.4, score_threshold=0.3)
    return since(10, *raw.CombinedNonMaxSuppression(boxes=shared, scores=s, max_output_size_per_class=4, max_total_size=7, **more),
            *raw.CombinedNonMaxSuppression(boxes=shared, scores=s, max_output_size_per_class=2, max_total_size=100, pad_per_class=True, clip_boxes=False, **more),
            *raw.CombinedNonMaxSuppression(boxes=own, scores=t, max_output_size_per_class=5, max_total_size=40, **more))

@case(normal(2, 6, 7, 2), boxes(5) * 1.5 - 0.25, ints(0, 2, 5), ints(0, 99, 2, 6, 7, 2, dtype=np.uint8), shapes={0: (None, None, None, 2), 1: (None, 4), 2: (None,)})
def crops(x, b, i, u):
    more = dict(boxes=b, box_ind=i)
    return [raw.CropAndResize(image=x, **more, crop_size=[3, 4]), raw.CropAndResize(image=x, **more, crop_size=[1, 5], extrapolation_value=-2.5),
            raw.CropAndResize(image=x, **more, crop_size=[4, 3], method="nearest"), raw.CropAndResize(image=u, **more, crop_size=[2, 2])]

# -- quantization ------------------------------------------------------------------------------------------------------

@case(normal(4, 6, scale=3), np.float32(-1.3), np.float32(2.9), np.array([-1, -2, -0.5, 0, -3, -1], np.float32), np.array([1, 2.5, 0.7, 6, 0.1, 9], np.float32))
def fake_quants(x, low, high, lows, highs):
    return [raw.FakeQuantWithMinMaxArgs(inputs=x), raw.FakeQuantWithMinMaxArgs(inputs=x, min=-1.0, max=3.0, num_bits=4, narrow_range=True),
            raw.FakeQuantWithMinMaxArgs(inputs=x, min=0.5, max=3.0), raw.FakeQuantWithMinMaxVars(inputs=x, min=low, max=high),
            raw.FakeQuantWithMinMaxVars(inputs=x, min=-6.0, max=6.0, num_bits=16, narrow_range=True), raw.FakeQuantWithMinMaxVars(inputs=x, min=low * 0, max=high * 0),
            raw.FakeQuantWithMinMaxVarsPerChannel(inputs=x, min=lows, max=highs, num_bits=5)]

@case(normal(3, 4, 5, scale=2), np.float32(-1.4), np.float32(2.1), shapes={0: (None, 4, 5)})
def quantize_and_dequantize(x, low, high):
    given, more = dict(input=x, input_min=low, input_max=high), dict(input=x, input_min=0.0, input_max=0.0)
    lows, highs = np.float32([-1, -2, -0.5, -0.1]), np.float32([1, 2.5, 0.7, 6])
    return [raw.QuantizeAndDequantizeV2(**given, range_given=True), raw.QuantizeAndDequantizeV2(**given, range_given=True, num_bits=4, round_mode="HALF_UP", narrow_range=True),
            raw.QuantizeAndDequantizeV2(**more), raw.QuantizeAndDequantizeV2(input=x, input_min=lows * 0, input_max=lows * 0, axis=1, narrow_range=True),
            raw.QuantizeAndDequantizeV2(input=x, input_min=0.0, input_max=3.0, range_given=True, signed_input=False),
            raw.QuantizeAndDequantizeV3(**given, num_bits=6), raw.QuantizeAndDequantizeV4(input=x, input_min=lows, input_max=highs, range_given=True, axis=1),
            raw.QuantizeAndDequantizeV4(**more, signed_input=True, num_bits=8)]

@case(normal(3, 4, scale=2), ints(0, 255, 3, 4, dtype=np.uint8), ints(-128, 127, 3, 4, dtype=np.int8))
def quantized_types(x, u, i):
    outputs = []
    for mode in ("MIN_COMBINED", "MIN_FIRST", "SCALED"):
        for t, v in ((tf.quint8, u), (tf.qint8, i)):
            outputs.append(raw.Dequantize(input=tf.bitcast(v, t), min_range=-1.5, max_range=3.0, mode=mode))
            q = raw.QuantizeV2(input=x, min_range=-1.5, max_range=3.0, T=t, mode=mode)
            outputs += [tf.bitcast(q.output, v.dtype), q.output_min, q.output_max]
    return outputs

# -- linear algebra, transforms ----------------------------------------------------------------------------------------

@case(normal(2, 4, 4), normal(2, 4, 3), normal(3, 3, dtype=np.float64), normal(5, 3), normal(5, 3), shapes={0: (None, 4, 4), 1: (None, 4, 3)})
def matrices(a, right, d, u, v):
    positive = tf.matmul(a, a, transpose_b=True) + 2 * tf.eye(4)
    lower = tf.linalg.band_part(a, -1, 0) + 2 * tf.eye(4)
    return [raw.MatrixInverse(input=a), raw.MatrixInverse(input=a, adjoint=True), raw.MatrixInverse(input=d), *since(11, raw.MatrixDeterminant(input=a)),
            raw.MatrixDeterminant(input=a[:, :3, :3]), raw.MatrixDeterminant(input=d), *raw.LogMatrixDeterminant(input=a), *raw.LogMatrixDeterminant(input=d), raw.Cholesky(input=positive), raw.MatrixSolve(matrix=a, rhs=right),
            raw.MatrixSolve(matrix=a, rhs=right, adjoint=True), raw.MatrixTriangularSolve(matrix=lower, rhs=right),
            raw.MatrixTriangularSolve(matrix=lower, rhs=right, adjoint=True),
            raw.MatrixTriangularSolve(matrix=tf.transpose(lower, [0, 2, 1]), rhs=right, lower=False), raw.Cross(a=u, b=v)]

@case(normal(6, 3), normal(3, 5))
def sparse_product(y, z):
    at, values = [[0, 1], [0, 4], [2, 0], [3, 5]], weights(4)
    more = dict(a_indices=tf.constant(at, tf.int64), a_values=values)
    return [raw.SparseTensorDenseMatMul(**more, a_shape=tf.constant([5, 6], tf.int64), b=y),
            raw.SparseTensorDenseMatMul(**more, a_shape=tf.constant([5, 6], tf.int64), b=z, adjoint_a=True, adjoint_b=True)]

@case(np.array([[2, 1], [0, 3], [1, 0], [0, 1], [2, 0]], np.int64), normal(5), np.array([3, 4], np.int64), normal(3, 4), normal(4),
      shapes={0: (None, 2), 1: (None,), 3: (None, 4)})
def sparse_entries(at, values, shape, dense, row):
    """Sorted, joined, cut, reduced, and with dense tensors."""
    unordered = tf.sparse.SparseTensor(at, values, shape)
    s, box = tf.sparse.reorder(unordered), tf.sparse.SparseTensor([[0, 1, 1], [1, 0, 1], [1, 0, 2]], values[:3], [2, 2, 3])
    whole = tf.sparse.reorder(tf.sparse.SparseTensor(at, tf.cast(values * 10, tf.int32), shape))
    pieces = [s, whole, tf.sparse.concat(1, [s, s]), tf.sparse.concat(0, [s, s, s]), tf.sparse.slice(s, [0, 1], [2, 9]),
              tf.sparse.slice(s, [1, 0], [1, 2]), tf.sparse.softmax(s), tf.sparse.softmax(box), s * dense, s / (dense * dense + 1.0),
              raw.SparseDenseCwiseAdd(sp_indices=s.indices, sp_values=s.values, sp_shape=shape, dense=row)]
    sums = [v1.sparse_reduce_sum(s, 1), v1.sparse_reduce_sum(s, 0, keepdims=True), v1.sparse_reduce_sum(s), v1.sparse_reduce_sum(box, [0, -1]),
            v1.sparse_reduce_sum(box, [0, 1, 2], keepdims=True), v1.sparse_reduce_max(s, 1), v1.sparse_reduce_max(box, 2), tf.sparse.add(s, dense)]
    dense_of = lambda p: [p.values, tf.sparse.to_dense(p), p.indices] if isinstance(p, tf.sparse.SparseTensor) else [p]
    return since(11, *[t for p in pieces for t in dense_of(p)], *sums)

@case(normal(2, 12), normal(2, 5, 8), normal(7), shapes={0: (None, 12)})
def fourier(x, y, one):
    outputs = []
    for c in (raw.RFFT(input=x, fft_length=[12]), raw.RFFT(input=x, fft_length=[8]), raw.RFFT(input=x, fft_length=[7]), raw.RFFT(input=one, fft_length=[7]),
              raw.RFFT2D(input=y, fft_length=[5, 8]), raw.RFFT2D(input=y, fft_length=[4, 7]), raw.FFT(input=tf.complex(x, x * 0.5)),
              raw.IFFT(input=tf.complex(x, x - 1)), raw.FFT2D(input=tf.cast(y, tf.complex64)), raw.IFFT2D(input=tf.complex(y, y + 1))):
        outputs += [tf.math.real(c), tf.math.imag(c)]
    return outputs[:20] + [raw.IRFFT(input=raw.RFFT(input=x, fft_length=[12]), fft_length=[12]),
                           raw.IRFFT(input=raw.RFFT(input=x, fft_length=[12]), fft_length=[9]), tf.signal.irfft(raw.RFFT(input=x, fft_length=[7]), [12]),
                           raw.IRFFT2D(input=raw.RFFT2D(input=y, fft_length=[5, 8]), fft_length=[5, 8])]

@case(normal(2, 6), normal(2, 6), shapes={0: (None, 6)})
def complex_numbers(x, y):
    a, b = tf.complex(x, y), tf.complex(y, x + 1)
    results = [a + b, a - b, a * b, a / b, -a, tf.math.conj(a), tf.square(a), tf.exp(a), a * tf.constant(2 - 1j, tf.complex64), tf.reshape(a, [-1, 3]),
               tf.transpose(a), tf.concat([a, b], -1), tf.expand_dims(a, -1)]
    return [tf.abs(a), tf.math.angle(a), tf.cast(a, tf.float32)] + [tf.math.real(r) + 3 * tf.math.imag(r) for r in results]

@case(normal(2, 6), normal(2, 6), np.array([True, False]), shapes={0: (None, 6)})
def complex_moved(x, y, p):
    """Ops that know complex numbers only part by part, and the cosine transforms of tf.signal, which are made of them."""
    a, b = tf.complex(x, y), tf.complex(y, x + 1)
    results = [a[..., 1:5], a[:, ::-2], a[..., 0], tf.slice(a, [0, 2], [-1, 3]), tf.gather(a, [2, 0], axis=1), tf.gather_nd(a, [[0, 1], [1, 5]]),
               tf.tile(a, [1, 2]), tf.reverse(a, [1]), tf.reduce_sum(a, 1), tf.reduce_mean(a, 0), tf.cumsum(a, 1), tf.roll(a, 2, 1),
               tf.zeros_like(a) + b, tf.broadcast_to(b[:, None], [2, 3, 6]), tf.fill([2, 6], tf.complex(2.0, -1.0)) + a,
               tf.where(p[:, None], a, b), tf.pad(b, [[0, 0], [1, 2]], constant_values=1 - 2j), tf.pad(a, [[0, 0], [2, 1]], "REFLECT"),
               *tf.split(a, [2, 4], 1), *tf.unstack(b, axis=0)]
    return [tf.math.real(r) + 3 * tf.math.imag(r) for r in results]

@case(normal(2, 12), shapes={0: (None, 12)})
def cosine_transforms(x):
    return [tf.signal.dct(x, 1), tf.signal.dct(x, 2), tf.signal.dct(x, 2, n=8, norm="ortho"), tf.signal.idct(x, 2), tf.signal.dct(x, 3, norm="ortho"),
            tf.signal.dct(x, 4), tf.signal.mdct(x, 4), tf.signal.inverse_mdct(tf.signal.mdct(x, 4)), tf.signal.mfccs_from_log_mel_spectrograms(x)]

@case(normal(2, 40), shapes={0: (None, None)})
def spectrogram(x):
    s = tf.signal.stft(x, frame_length=16, frame_step=8, fft_length=16)
    return [tf.abs(s), tf.math.log(tf.abs(s) ** 2 + 1e-3)]

@case(normal(300, 2), normal(120, 1), normal(20, 1), shapes={0: (None, 2)})
def audio(x, y, short):
    """The front end of the speech commands tutorial of TensorFlow 1; a window that is no power of two; no frame at all."""
    s = raw.AudioSpectrogram(input=x, window_size=100, stride=40, magnitude_squared=True)
    t = raw.AudioSpectrogram(input=y, window_size=64, stride=7, magnitude_squared=True)
    return [s, t, raw.AudioSpectrogram(input=y, window_size=50, stride=30), raw.AudioSpectrogram(input=short, window_size=30, stride=9),
            raw.Mfcc(spectrogram=s, sample_rate=16000), raw.Mfcc(spectrogram=s, sample_rate=8000, dct_coefficient_count=20, filterbank_channel_count=20),
            raw.Mfcc(spectrogram=t, sample_rate=8000, upper_frequency_limit=3500.0, lower_frequency_limit=300.0, filterbank_channel_count=12,
                     dct_coefficient_count=12)]

# -- ops that newer files do not hold, or that TensorFlow's optimizer makes: written by hand in place of what means the same

def rewritten(*nodes):
    """Nodes (name, op, inputs, attributes to drop, attributes to add) that replace those of the same name."""
    return edited(lambda graph: replace(graph, nodes))

def replace(graph, nodes):
    for name, op, inputs, dropped, added in nodes:
        node = next(n for n in graph.node if n.name == name)
        model = next(n for n in graph.node if n.name == added.get("like", name))
        attrs = {k: v for k, v in model.attr.items() if k not in dropped}
        node.op = op
        del node.input[:]
        node.input.extend(inputs)
        for k in list(node.attr):
            del node.attr[k]
        for k, v in attrs.items():
            node.attr[k].CopyFrom(v)
        for k, v in added.items():
            if k == "like":
                continue
            a = node.attr[k]
            if isinstance(v, list):
                a.list.s.extend(x.encode() for x in v)
            elif isinstance(v, bool):
                a.b = v
            elif isinstance(v, int):
                a.i = v
            elif isinstance(v, float):
                a.f = v
            else:
                a.s = v.encode()
    outputs = [n.name for n in graph.node if n.name.startswith("out")]
    graph.CopyFrom(tf.compat.v1.graph_util.extract_sub_graph(graph, outputs))

@rewritten(("r0", "_FusedConv2D", ["x0", "w", "b"], [], {"like": "c0", "num_args": 1, "fused_ops": ["BiasAdd", "Relu6"]}),
           ("a1", "_FusedConv2D", ["x0", "w", "b", "x2"], [], {"like": "c1", "num_args": 2, "fused_ops": ["BiasAdd", "Add", "LeakyRelu"], "leakyrelu_alpha": 0.3}),
           ("e2", "_FusedConv2D", ["x0", "w", "s", "b", "m", "v"], [], {"like": "c2", "num_args": 4, "epsilon": 0.01, "fused_ops": ["FusedBatchNorm", "Elu"]}),
           ("r3", "_FusedDepthwiseConv2dNative", ["x0", "d", "b2"], [], {"like": "c3", "num_args": 1, "fused_ops": ["BiasAdd", "Relu"]}),
           ("t4", "_FusedMatMul", ["x1", "k", "b"], [], {"like": "m4", "num_args": 1, "fused_ops": ["BiasAdd", "Tanh"]}),
           ("r5", "_FusedBatchNormEx", ["x2", "s", "b", "m", "v", "x2"], [], {"like": "n5", "num_side_inputs": 1, "activation_mode": "Relu"}),
           ("n6", "BatchNormWithGlobalNormalization", ["x2", "m", "v", "b", "s"], ["U", "epsilon", "data_format", "is_training", "exponential_avg_factor"],
            {"variance_epsilon": 0.01, "scale_after_normalization": True}),
           ("q7", "QuantizeAndDequantize", ["x1"], ["round_mode", "narrow_range", "axis"], {"input_min": -1.5, "input_max": 2.0}))
@case(normal(1, 5, 6, 2), normal(4, 3), normal(1, 5, 6, 3))
def fused_or_old(x, z, y):
    w, d, k = tf.constant(weights(3, 3, 2, 3), name="w"), tf.constant(weights(3, 2, 2, 1), name="d"), tf.constant(weights(3, 3), name="k")
    s, b, m, v = [tf.constant(np.abs(a) + 0.1, name=n) for a, n in zip(weights(4, 3), "sbmv")]
    conv2d = lambda name: tf.nn.conv2d(x, w, 1, "SAME", name=name)
    norm = lambda x, name: raw.FusedBatchNormV3(x=x, scale=s, offset=b, mean=m, variance=v, epsilon=0.01, is_training=False, name=name).y
    return [tf.nn.relu6(conv2d("c0") + b, name="r0"), tf.nn.leaky_relu(conv2d("c1") + b + y, 0.3, name="a1"), tf.nn.elu(norm(conv2d("c2"), "n2"), name="e2"),
            tf.nn.relu(raw.DepthwiseConv2dNative(input=x, filter=d, strides=[1] * 4, padding="SAME", name="c3") + tf.constant([0.5, -0.25], name="b2"), name="r3"),
            tf.tanh(tf.matmul(z, k, name="m4") + b, name="t4"), tf.nn.relu(norm(y, "n5") + y, name="r5"), norm(y, "n6"),
            raw.QuantizeAndDequantizeV2(input=z, input_min=-1.5, input_max=2.0, range_given=True, name="q7")]

if __name__ == "__main__":
    main()
