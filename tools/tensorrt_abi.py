#!/usr/bin/env python3
"""Write src/backend/tensorrt/trt_slots.def: where in the virtual tables of TensorRT's objects the methods in use stand.

usage: tensorrt_abi.py FOLDER [FILE]    (FOLDER holds a FAMILY.tsv for each family; default: standard output)
A row of such a file: kind (slot, enum, size, field), class, number, name, since, until; read off NVIDIA's public headers.
The lists below say what is used. A method that is overloaded is named with the start of its parameters.
"""
import csv, os, sys

# column, file, first and last version that it speaks for, versions that another column speaks for
COLUMNS = [("trt8", "trt8", (8, 5), (8, 6), None), ("trt10", "trt10", (10, 0), (10, 16), (10, 8)),
           ("trt10_8", "trt10", (10, 8), (10, 8), None), ("trt11", "trt11", (11, 0), (11, 1), None),
           ("rtx13", "rtx13", (1, 3), (1, 4), None), ("rtx15", "rtx15", (1, 5), (1, 6), None)]

METHODS = {
    "NoCopy": "~D0",
    "HostMemory": "data size",
    "Builder": "platformHasFastFp16 platformHasTf32 createBuilderConfig createNetworkV2 createOptimizationProfile"
               " buildSerializedNetwork( isNetworkSupported setMaxThreads",
    "NetworkDefinition":
        "addInput markOutput unmarkOutput markOutputForShapes markDebug setName setWeightsName getNbLayers getLayer getNbInputs"
        " getInput getNbOutputs getOutput getFlag( addActivation addAssertion addAttention addAttentionV2 addCast addConcatenation"
        " addConstant addConvolutionNd addCumulative addDeconvolutionNd addDequantize addDequantizeV2 addQuantize addQuantizeV2"
        " addEinsum addElementWise addFill addFillV2 addGatherV2 addGridSample addIdentity addIfConditional addLoop addLRN"
        " addMatrixMultiply addNMS addNMSV2 addNonZero addNonZeroV2 addNormalization addNormalizationV2 addOneHot addPaddingNd"
        " addParametricReLU addPoolingNd addReduce addResize addReverseSequence addScaleNd addScatter addSelect addShape addShuffle"
        " addSlice addSoftMax addSqueeze addUnsqueeze addTopK addTopKV2 addUnary",
    "Tensor": "setName getName setDimensions getDimensions setDimensionName getDimensionName setType getType setAllowedFormats"
              " isNetworkInput isNetworkOutput isShapeTensor",
    "Layer": "getType setName getName setMetadata getNbInputs getInput getNbOutputs getOutput setInput setPrecision setOutputType"
             " getOutputType",
    "ActivationLayer": "setAlpha setBeta",
    "ConvolutionLayer": "setNbGroups setPrePadding setPostPadding setPaddingMode setStrideNd setDilationNd",
    "DeconvolutionLayer": "setNbGroups setPrePadding setPostPadding setPaddingMode setStrideNd setDilationNd",
    "PoolingLayer": "setPrePadding setPostPadding setPaddingMode setStrideNd setBlendFactor setAverageCountExcludesPadding",
    "SoftMaxLayer": "setAxes",
    "ReduceLayer": "setKeepDimensions",
    "GatherLayer": "setGatherAxis setNbElementWiseDims",
    "ScatterLayer": "setAxis",
    "ConcatenationLayer": "setAxis",
    "QuantizeLayer": "setAxis setBlockShape",
    "DequantizeLayer": "setAxis setBlockShape",
    "ShuffleLayer": "setFirstTranspose setSecondTranspose setReshapeDimensions setZeroIsPlaceholder",
    "SliceLayer": "setMode setAxes",
    "GridSampleLayer": "setInterpolationMode setAlignCorners setSampleMode",
    "ResizeLayer": "setOutputDimensions setScales setResizeMode setCoordinateTransformation setSelectorForSinglePixel"
                   " setNearestRounding setCubicCoeff setExcludeOutside",
    "FillLayer": "setAlpha setBeta setAlphaInt64 setBetaInt64",
    "NMSLayer": "setBoundingBoxFormat setTopKBoxLimit",
    "ReverseSequenceLayer": "setBatchAxis setSequenceAxis",
    "NormalizationLayer": "setEpsilon setNbGroups setComputePrecision",
    "Loop": "setName addRecurrence addTripLimit addIterator addLoopOutput",
    "IfConditional": "setName setCondition addInput addOutput",
    "Attention": "getOutput setName setMask setDecomposable setMetadata",
    "AttentionBoundaryLayer": "getAttention",
    "BuilderConfig":
        "setFlag clearFlag getFlag setMemoryPoolLimit getMemoryPoolLimit setBuilderOptimizationLevel setAvgTimingIterations"
        " setTacticSources setMaxNbTactics setHardwareCompatibilityLevel setRuntimePlatform setProfilingVerbosity setMaxAuxStreams"
        " setPreviewFeature setTilingOptimizationLevel setL2LimitForTiling setNbComputeCapabilities setComputeCapability"
        " addOptimizationProfile createTimingCache setTimingCache setProgressMonitor",
    "TimingCache": "combine serialize",
    "OptimizationProfile": "setDimensions getDimensions setShapeValues setShapeValuesV2 isValid",
    "Runtime": "deserializeCudaEngine(const,void,*,std::size_t setEngineHostCodeAllowed",
    "CudaEngine":
        "getName getNbLayers getNbOptimizationProfiles getNbIOTensors getIOTensorName getTensorIOMode getTensorDataType"
        " getTensorLocation isShapeInferenceIO getTensorFormat( getTensorShape getProfileShape getProfileTensorValues"
        " getProfileTensorValuesV2 getBindingIndex getProfileShapeValues getDeviceMemorySize getDeviceMemorySizeV2 isRefittable"
        " serialize( createEngineInspector"
        " createExecutionContext(",
    "EngineInspector": "getEngineInformation",
    "ExecutionContext":
        "setOptimizationProfileAsync setInputShape getTensorShape getTensorStrides setTensorAddress inferShapes"
        " setOutputAllocator setProfiler enqueueV3",
    "Refitter": "setNamedWeights(const,char,*,Weights) getAllWeights getMissingWeights refitCudaEngine(",
    "Parser": "parse( setFlag( getNbErrors getError ~D0",
    "ParserError": "code desc func node nodeName nodeOperator",
    # what the library calls here
    "Logger": "getAPILanguage getInterfaceInfo log ~D1 ~D0",
    "ProgressMonitor": "getAPILanguage getInterfaceInfo phaseStart stepComplete phaseFinish ~D1 ~D0",
    "OutputAllocator": "getAPILanguage getInterfaceInfo getInterfaceVersion reallocateOutput( reallocateOutputAsync notifyShape"
                       " ~D1 ~D0",
    "Profiler": "getAPILanguage getInterfaceInfo reportLayerTime ~D1 ~D0",
}

# Objects whose methods stand in the table of an implementation, and what kind of layer they are.
KINDS = {"ActivationLayer": "ACTIVATION", "ConvolutionLayer": "CONVOLUTION", "DeconvolutionLayer": "DECONVOLUTION",
         "PoolingLayer": "POOLING", "SoftMaxLayer": "SOFTMAX", "ReduceLayer": "REDUCE", "GatherLayer": "GATHER",
         "ScatterLayer": "SCATTER", "ConcatenationLayer": "CONCATENATION", "QuantizeLayer": "QUANTIZE",
         "DequantizeLayer": "DEQUANTIZE", "ShuffleLayer": "SHUFFLE", "SliceLayer": "SLICE", "GridSampleLayer": "GRID_SAMPLE",
         "ResizeLayer": "RESIZE", "FillLayer": "FILL", "NMSLayer": "NMS", "ReverseSequenceLayer": "REVERSE_SEQUENCE",
         "NormalizationLayer": "NORMALIZATION"}
DIRECT = ("NoCopy", "Parser", "ParserError", "Logger", "ProgressMonitor", "OutputAllocator", "Profiler")

LAYER_KINDS = """CONVOLUTION DECONVOLUTION ACTIVATION POOLING LRN SCALE SOFTMAX CONCATENATION ELEMENTWISE UNARY PADDING SHUFFLE
    REDUCE TOPK GATHER MATRIX_MULTIPLY CONSTANT IDENTITY SLICE SHAPE PARAMETRIC_RELU RESIZE TRIP_LIMIT RECURRENCE ITERATOR
    LOOP_OUTPUT SELECT FILL QUANTIZE DEQUANTIZE CONDITION CONDITIONAL_INPUT CONDITIONAL_OUTPUT SCATTER EINSUM ASSERTION ONE_HOT
    NON_ZERO GRID_SAMPLE NMS REVERSE_SEQUENCE NORMALIZATION CAST SQUEEZE UNSQUEEZE CUMULATIVE ATTENTION_INPUT ATTENTION_OUTPUT"""

# Enums whose numbers are the same wherever they exist: TensorRT's name -> prefix here, {name there: name here} where it differs,
# and what is left out.
SAME = {
    "DataType": ("TRT_", {}, ()),
    "ActivationType": ("TRT_ACTIVATION_", {}, ()),
    "ElementWiseOperation": ("TRT_BINARY_", {}, ()),
    "UnaryOperation": ("TRT_UNARY_", {}, ()),
    "ReduceOperation": ("TRT_REDUCE_", {}, ("NONE",)),
    "PoolingType": ("TRT_POOLING_", {"MAX_AVERAGE_BLEND": "BLEND"}, ()),
    "PaddingMode": ("TRT_PADDING_", {"EXPLICIT_ROUND_DOWN": "ROUND_DOWN", "EXPLICIT_ROUND_UP": "ROUND_UP"},
                    ("CAFFE_ROUND_DOWN", "CAFFE_ROUND_UP")),
    "SampleMode": ("TRT_SAMPLE_", {"STRICT_BOUNDS": "STRICT"}, ("DEFAULT",)),
    "InterpolationMode": ("TRT_", {}, ()),
    "ResizeCoordinateTransformation": ("TRT_", {}, ()),
    "ResizeRoundMode": ("TRT_ROUND_", {}, ()),
    "ResizeSelector": ("TRT_SELECT_", {}, ()),
    "FillOperation": ("TRT_FILL_", {}, ()),
    "GatherMode": ("TRT_GATHER_", {}, ()),
    "ScatterMode": ("TRT_SCATTER_", {}, ()),
    "MatrixOperation": ("TRT_MATRIX_", {}, ()),
    "TopKOperation": ("TRT_TOPK_", {}, ()),
    "CumulativeOperation": ("TRT_CUMULATIVE_", {}, ()),
    "BoundingBoxFormat": ("TRT_BOXES_", {"CORNER_PAIRS": "CORNERS", "CENTER_SIZES": "CENTERS"}, ()),
    "LoopOutput": ("TRT_LOOP_", {}, ()),
    "TripLimit": ("TRT_TRIP_", {}, ()),
    "ScaleMode": ("TRT_SCALE_", {}, ()),
    "AttentionNormalizationOp": ("TRT_ATTENTION_", {}, ()),
    "CausalMaskKind": ("TRT_CAUSAL_", {}, ()),
    "MemoryPoolType": ("TRT_POOL_", {}, ("DLA_MANAGED_SRAM", "DLA_LOCAL_DRAM", "DLA_GLOBAL_DRAM")),
    "ProfilingVerbosity": ("TRT_VERBOSITY_", {"LAYER_NAMES_ONLY": "NAMES"}, ("DEFAULT", "VERBOSE")),
    "HardwareCompatibilityLevel": ("TRT_HARDWARE_", {"SAME_COMPUTE_CAPABILITY": "SAME_CAPABILITY"}, ()),
    "RuntimePlatform": ("TRT_PLATFORM_", {"SAME_AS_BUILD": "SAME"}, ()),
    "TilingOptimizationLevel": ("TRT_TILING_", {}, ()),
    "OptProfileSelector": ("TRT_", {}, ()),
    "TensorIOMode": ("TRT_IO_", {}, ()),
    "TensorLocation": ("TRT_ON_", {}, ()),
    "TensorFormat": ("TRT_LAYOUT_", {}, ("DHWC8", "CDHW32", "DLA_LINEAR", "DLA_HWC4", "DHWC")),
    "Logger::Severity": ("TRT_SEVERITY_", {}, ()),
    "LayerInformationFormat": ("TRT_INFORMATION_", {}, ()),
    "OnnxParserFlag": ("TRT_PARSER_", {}, ("ENABLE_UINT8_AND_ASYMMETRIC_QUANTIZATION_DLA", "REPORT_CAPABILITY_DLA",
                                           "ADJUST_FOR_DLA")),
}

# Enums whose numbers changed: macro, TensorRT's name, {name here: name there}.
TRANSLATED = [
    ("FLAG", "BuilderFlag", dict.fromkeys("""FP16 BF16 INT8 FP8 TF32 DIRECT_IO DEBUG REFIT REFIT_IDENTICAL REFIT_INDIVIDUAL
        STRIP_PLAN WEIGHT_STREAMING DISABLE_TIMING_CACHE ERROR_ON_TIMING_CACHE_MISS EDITABLE_TIMING_CACHE
        DISABLE_COMPILATION_CACHE SPARSE_WEIGHTS VERSION_COMPATIBLE EXCLUDE_LEAN_RUNTIME STRICT_NANS MONITOR_MEMORY
        DISTRIBUTIVE_INDEPENDENCE""".split()) |
     {"OBEY_PRECISION": "OBEY_PRECISION_CONSTRAINTS", "PREFER_PRECISION": "PREFER_PRECISION_CONSTRAINTS"}),
    ("TACTIC", "TacticSource",
     dict.fromkeys("CUBLAS CUBLAS_LT CUDNN EDGE_MASK_CONVOLUTIONS JIT_CONVOLUTIONS".split())),
    ("PREVIEW", "PreviewFeature", {
        "FASTER_DYNAMIC_SHAPES": "FASTER_DYNAMIC_SHAPES_0805",
        "DISABLE_EXTERNAL_TACTIC_SOURCES": "DISABLE_EXTERNAL_TACTIC_SOURCES_FOR_CORE_0805",
        "PROFILE_SHARING": "PROFILE_SHARING_0806", "ALIASED_PLUGIN_IO": "ALIASED_PLUGIN_IO_10_03",
        "RUNTIME_ACTIVATION_RESIZE": "RUNTIME_ACTIVATION_RESIZE_10_10"}),
    ("CREATION", "NetworkDefinitionCreationFlag", dict.fromkeys("EXPLICIT_BATCH STRONGLY_TYPED".split())),
    ("LAYER_KIND", "LayerType", dict.fromkeys(LAYER_KINDS.split())),
]

# struct here, struct there (8 and from 10 on), {member here: member there}
STRUCTS = [("dims32", "Dims32", {"n": "nbDims", "d": "d"}), ("trt_dims", "Dims64", {"n": "nbDims", "d": "d"}),
           ("trt_weights", "Weights", {"type": "type", "values": "values", "count": "count"}),
           ("permutation", "Permutation", {"order": "order"}),
           ("interface_info", "InterfaceInfo", {"kind": "kind", "major": "major", "minor": "minor"})]


def version(text):
    return tuple(int(x) for x in text.split("."))


class Column:
    def __init__(self, folder, row):
        self.name, file, self.first, self.last, self.hole = row
        self.rows = {}
        with open(os.path.join(folder, file + ".tsv"), encoding="utf-8") as f:
            for kind, owner, number, name, since, until in list(csv.reader(f, delimiter="\t"))[1:]:
                self.rows.setdefault((kind, owner), []).append((name, int(number), version(since), version(until)))

    def owners(self, name):
        return ["apiv::V" + name, "onnx::I" + name, "v_1_0::I" + name, "I" + name, "onnx::" + name, name]

    def find(self, kind, owner, wanted):
        """The number and first version of what `wanted` names, None when this column lacks it."""
        found = []
        for full in self.owners(owner):
            for name, number, since, until in self.rows.get((kind, full), []):
                if not wanted(name) or until < self.first or since > self.last:
                    continue
                if self.first == self.last and (since, until) != (self.first, self.last) and any(
                        wanted(n) and (s, u) == (self.first, self.last) for n, _, s, u in self.rows[kind, full]):
                    continue        # a row for this version alone goes before one of a longer time
                if self.hole and since == until == self.hole:
                    continue
                assert until >= self.last, f"{self.name}: {full}::{name} ends with {until}"
                found.append((number, max(since, self.first)))
            if found:
                break
        assert len(set(found)) <= 1, f"{self.name}: {owner}: {found}"
        return found[0] if found else None

    def cell(self, kind, owner, wanted):
        found = self.find(kind, owner, wanted)
        if not found:
            return "-1"
        number, since = found
        assert 0 <= number < 256 and since[0] == self.first[0]
        return str(number) if since == self.first else f"SINCE({number}, {since[1]})"


def method_test(text):
    """`text` is a name, or a name and the parameters' start with commas for spaces."""
    start = text.replace(",void", " void").replace(",char", " char").replace(",*", " *")
    if "(" in start:
        return lambda name: name.startswith(start)
    return lambda name: name == start or name.startswith(start + "(")


def row(macro, names, columns, kind, owner, wanted):
    cells = [c.cell(kind, owner, wanted) for c in columns]
    assert any(c != "-1" for c in cells), f"{macro} {names}: nowhere"
    return f"{macro}({', '.join(names + cells)})\n"


def offset(columns, owner):
    rows = {n for c in columns for m, n, _, _ in c.rows.get(("field", "I" + owner), []) if m.startswith(("mImpl:", "mLayer:", "mBoundary:"))}
    assert len(rows) == 1, f"{owner}: {rows}"
    return rows.pop()


def objects(columns):
    for owner in METHODS:
        at = 0 if owner in DIRECT else offset(columns, owner)
        yield f"OBJECT({owner}, {at}, {'TRT_LAYER_' + KINDS[owner] if owner in KINDS else 'TRT_LAYER_OTHER'})\n"


def slots(columns):
    for owner, methods in METHODS.items():
        for text in methods.split():
            name = text.split("(")[0].replace("~D0", "end").replace("~D1", "destruct")
            yield row("SLOT", [owner, name], columns, "slot", owner, method_test(text))


def same(columns):
    for there, (prefix, renamed, left_out) in SAME.items():
        owner = {"Logger::Severity": "Logger::Severity"}.get(there, there)
        names = {}
        for c in columns:
            for full in c.owners(owner):
                for name, number, _, _ in c.rows.get(("enum", full), []):
                    names.setdefault(name, number)
        for name, _ in sorted(names.items(), key=lambda x: x[1]):
            bare = name[1:]
            if bare not in left_out:
                yield row("VALUE", [there.replace("::", "_"), prefix + renamed.get(bare, bare)], columns, "enum", owner,
                          lambda n, name=name: n == name)


def translated(columns):
    for macro, there, names in TRANSLATED:
        for here, other in names.items():
            yield row(macro, [here], columns, "enum", there, lambda n, w="k" + (other or here): n == w)


def structs(columns):
    for here, there, members in STRUCTS:
        held = [c for c in columns if ("size", there) in c.rows]
        sizes = {r[1] for c in held for r in c.rows["size", there]}
        assert len(sizes) == 1, (there, sizes)
        yield f"SIZE({here}, {sizes.pop()})\n"
        for member, other in members.items():
            at = {r[1] for c in held for r in c.rows["field", there] if r[0].split(":")[0] == other}
            assert len(at) == 1, (there, member, at)
            yield f"FIELD({here}, {member}, {at.pop()})\n"


MACROS = ("OBJECT", "SLOT", "VALUE", "FLAG", "TACTIC", "PREVIEW", "CREATION", "LAYER_KIND", "SIZE", "FIELD")


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    columns = [Column(sys.argv[1], r) for r in COLUMNS]
    text = ("/* Made by tools/tensorrt_abi.py; change that, not this. An includer defines the macros whose rows it wants.\n"
            " * Columns: " + ", ".join(c.name for c in columns) + " (10.8 alone has its own).\n"
            " * A cell is a number, SINCE(number, minor version) or -1 where there is none. */\n")
    text += "".join(f"#ifndef {m}\n#define {m}(...)\n#endif\n" for m in MACROS)
    for rows in (objects, slots, same, translated, structs):
        text += "".join(rows(columns))
    text += "".join(f"#undef {m}\n" for m in MACROS)
    if len(sys.argv) == 3:
        with open(sys.argv[2], "w", encoding="utf-8") as f:
            f.write(text)
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
