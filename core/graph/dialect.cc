// SPDX-License-Identifier: Apache-2.0
//
// One file: a table, one row an op, and its attribute lists.
// The rows of the dialect table, by family. A family shares its attribute list or its format;
// within the table order is free, lookups go through an index that is sorted at compile time.
#include "core/graph/dialect.h"

#include <algorithm>
#include <array>
#include <type_traits>

namespace webhlo {
namespace {

using Kind = AttributeKind;
using Spec = AttributeSpec;

// ---- Attribute lists, each in alphabetical order
// -------------------------------------------------

constexpr Spec Required(std::string_view name, Kind kind, int since = 1) {
  return {name, kind, true, "", static_cast<uint8_t>(since)};
}
constexpr Spec Optional(std::string_view name, Kind kind, std::string_view default_value = "",
                        int since = 1) {
  return {name, kind, false, default_value, static_cast<uint8_t>(since)};
}

constexpr Spec kAccurate[] = {Optional("result_accuracy", Kind::kAccuracy, "DEFAULT", 2)};
constexpr Spec kAllGather[] = {
    Required("all_gather_dim", Kind::kInt),
    Optional("channel_id", Kind::kInt, "0"),
    Required("replica_groups", Kind::kAny),
    Optional("use_global_device_ids", Kind::kUnit, "false"),
};
constexpr Spec kAllReduce[] = {
    Optional("channel_id", Kind::kInt, "0"),
    Required("replica_groups", Kind::kAny),
    Optional("use_global_device_ids", Kind::kUnit, "false"),
};
constexpr Spec kAllToAll[] = {
    Optional("channel_id", Kind::kInt, "0"), Required("concat_dimension", Kind::kInt),
    Required("replica_groups", Kind::kAny),  Required("split_count", Kind::kInt),
    Required("split_dimension", Kind::kInt),
};
constexpr Spec kBatchNorm[] = {
    Required("epsilon", Kind::kFloat),
    Required("feature_index", Kind::kInt),
};
constexpr Spec kBroadcast[] = {Required("broadcast_sizes", Kind::kInts)};
constexpr Spec kBroadcastInDim[] = {Required("broadcast_dimensions", Kind::kInts)};
constexpr Spec kCall[] = {Required("callee", Kind::kSymbol)};
constexpr Spec kCholesky[] = {Optional("lower", Kind::kBool, "false")};
constexpr Spec kCollectiveBroadcast[] = {
    Optional("channel_id", Kind::kInt, "0"),
    Optional("has_dynamic_root", Kind::kUnit, "false", 2),
    Required("replica_groups", Kind::kAny),
};
constexpr Spec kCollectivePermute[] = {
    Optional("channel_id", Kind::kInt, "0"),
    Required("source_target_pairs", Kind::kPairs),
};
constexpr Spec kCollectiveReduce[] = {
    Optional("channel_id", Kind::kInt, "0"),
    Optional("has_dynamic_root", Kind::kUnit, "false"),
    Required("replica_groups", Kind::kAny),
    Optional("use_global_device_ids", Kind::kUnit, "false"),
};
constexpr Spec kCompare[] = {
    Optional("compare_type", Kind::kEnum, "NOTYPE"),
    Required("comparison_direction", Kind::kEnum),
};
constexpr Spec kComposite[] = {
    Optional("composite_attributes", Kind::kDict, "[]"),
    Required("decomposition", Kind::kSymbol),
    Required("name", Kind::kString),
    Optional("version", Kind::kInt32, "0"),
};
constexpr Spec kConstant[] = {Required("value", Kind::kDense)};
constexpr Spec kConvolution[] = {
    Required("batch_group_count", Kind::kInt),
    Required("feature_group_count", Kind::kInt),
    Required("input_batch_dimension", Kind::kInt),
    Required("input_feature_dimension", Kind::kInt),
    Optional("input_spatial_dimensions", Kind::kInts, "[]"),
    Required("kernel_input_feature_dimension", Kind::kInt),
    Required("kernel_output_feature_dimension", Kind::kInt),
    Optional("kernel_spatial_dimensions", Kind::kInts, "[]"),
    Optional("lhs_dilation", Kind::kInts, "[1...]"),
    Required("output_batch_dimension", Kind::kInt),
    Required("output_feature_dimension", Kind::kInt),
    Optional("output_spatial_dimensions", Kind::kInts, "[]"),
    Optional("padding", Kind::kPairs, "[0...]"),
    Optional("precision_config", Kind::kEnums, "[DEFAULT...]"),
    Optional("rhs_dilation", Kind::kInts, "[1...]"),
    Optional("window_reversal", Kind::kBools, "[0...]"),
    Optional("window_strides", Kind::kInts, "[1...]"),
};
constexpr Spec kCrossReplicaSum[] = {Required("replica_groups", Kind::kAny)};
constexpr Spec kCustomCall[] = {
    Optional("api_version", Kind::kEnum, "API_VERSION_ORIGINAL"),
    Optional("backend_config", Kind::kAny, "[]"),
    Required("call_target_name", Kind::kString),
    Optional("called_computations", Kind::kSymbols, "[]"),
    Optional("has_side_effect", Kind::kBool, "false"),
    Optional("operand_layouts", Kind::kArray, "[]"),
    Optional("output_operand_aliases", Kind::kArray, "[]"),
    Optional("result_layouts", Kind::kArray, "[]"),
    Optional("result_tilings", Kind::kArray, "[]", 2),
};
constexpr Spec kDimension[] = {Required("dimension", Kind::kInt)};
constexpr Spec kDimensions[] = {Required("dimensions", Kind::kInts)};
constexpr Spec kDot[] = {Optional("precision_config", Kind::kEnums, "[DEFAULT...]")};
constexpr Spec kDotGeneral[] = {
    Optional("accumulation_type", Kind::kType, "", 2),
    Optional("allow_imprecise_accumulation", Kind::kBool, "", 2),
    Optional("lhs_batching_dimensions", Kind::kInts, "[]"),
    Optional("lhs_component_count", Kind::kInt, "", 2),
    Optional("lhs_contracting_dimensions", Kind::kInts, "[]"),
    Optional("lhs_precision_type", Kind::kType, "", 2),
    Optional("num_primitive_operations", Kind::kInt, "", 2),
    Optional("precision_config", Kind::kEnums, "[DEFAULT...]"),
    Optional("rhs_batching_dimensions", Kind::kInts, "[]"),
    Optional("rhs_component_count", Kind::kInt, "", 2),
    Optional("rhs_contracting_dimensions", Kind::kInts, "[]"),
    Optional("rhs_precision_type", Kind::kType, "", 2),
};
constexpr Spec kDynamicBroadcastInDim[] = {
    Required("broadcast_dimensions", Kind::kInts),
    Optional("known_expanding_dimensions", Kind::kInts, "[]"),
    Optional("known_nonexpanding_dimensions", Kind::kInts, "[]"),
};
constexpr Spec kDynamicConv[] = {
    Required("batch_group_count", Kind::kInt),
    Required("feature_group_count", Kind::kInt),
    Required("input_batch_dimension", Kind::kInt),
    Required("input_feature_dimension", Kind::kInt),
    Optional("input_spatial_dimensions", Kind::kInts, "[]"),
    Required("kernel_input_feature_dimension", Kind::kInt),
    Required("kernel_output_feature_dimension", Kind::kInt),
    Optional("kernel_spatial_dimensions", Kind::kInts, "[]"),
    Optional("lhs_dilation", Kind::kInts, "[1...]"),
    Required("output_batch_dimension", Kind::kInt),
    Required("output_feature_dimension", Kind::kInt),
    Optional("output_spatial_dimensions", Kind::kInts, "[]"),
    Optional("precision_config", Kind::kEnums, "[DEFAULT...]"),
    Optional("rhs_dilation", Kind::kInts, "[1...]"),
    Optional("window_reversal", Kind::kBools, "[0...]"),
    Optional("window_strides", Kind::kInts, "[1...]"),
};
constexpr Spec kDynamicGather[] = {
    Optional("collapsed_slice_dims", Kind::kInts, "[]"),
    Optional("index_vector_dim", Kind::kInt, "0"),
    Optional("indices_are_sorted", Kind::kBool, "false"),
    Optional("offset_dims", Kind::kInts, "[]"),
    Optional("operand_batching_dims", Kind::kInts, "[]", 2),
    Optional("start_index_map", Kind::kInts, "[]"),
    Optional("start_indices_batching_dims", Kind::kInts, "[]", 2),
};
constexpr Spec kDynamicSlice[] = {Required("slice_sizes", Kind::kInts)};
constexpr Spec kEinsum[] = {Required("einsum_config", Kind::kString)};
constexpr Spec kFft[] = {
    Required("fft_length", Kind::kInts),
    Required("fft_type", Kind::kEnum),
};
constexpr Spec kGather[] = {
    Optional("collapsed_slice_dims", Kind::kInts, "[]"),
    Optional("index_vector_dim", Kind::kInt, "0"),
    Optional("indices_are_sorted", Kind::kBool, "false"),
    Optional("offset_dims", Kind::kInts, "[]"),
    Optional("operand_batching_dims", Kind::kInts, "[]", 2),
    Required("slice_sizes", Kind::kInts),
    Optional("start_index_map", Kind::kInts, "[]"),
    Optional("start_indices_batching_dims", Kind::kInts, "[]", 2),
};
constexpr Spec kGetTupleElement[] = {Required("index", Kind::kInt32)};
constexpr Spec kInfeed[] = {
    Optional("infeed_config", Kind::kString, "[]"),
    Optional("layout", Kind::kArray, "[]"),
};
constexpr Spec kIota[] = {Required("iota_dimension", Kind::kInt)};
constexpr Spec kOutfeed[] = {Optional("outfeed_config", Kind::kString, "[]")};
constexpr Spec kPad[] = {
    Required("edge_padding_high", Kind::kInts),
    Required("edge_padding_low", Kind::kInts),
    Required("interior_padding", Kind::kInts),
};
constexpr Spec kReducePrecision[] = {
    Required("exponent_bits", Kind::kInt32),
    Required("mantissa_bits", Kind::kInt32),
};
constexpr Spec kReduceScatter[] = {
    Optional("channel_id", Kind::kInt, "0"),
    Required("replica_groups", Kind::kAny),
    Required("scatter_dimension", Kind::kInt),
    Optional("use_global_device_ids", Kind::kUnit, "false"),
};
constexpr Spec kReduceWindow[] = {
    Optional("base_dilations", Kind::kInts, "[1...]"),
    Optional("padding", Kind::kPairs, "[0...]"),
    Optional("window_dilations", Kind::kInts, "[1...]"),
    Required("window_dimensions", Kind::kInts),
    Optional("window_strides", Kind::kInts, "[1...]"),
};
constexpr Spec kRng[] = {Required("rng_distribution", Kind::kEnum)};
constexpr Spec kRngBitGenerator[] = {Required("rng_algorithm", Kind::kEnum)};
constexpr Spec kScatter[] = {
    Optional("index_vector_dim", Kind::kInt, "0"),
    Optional("indices_are_sorted", Kind::kBool, "false"),
    Optional("input_batching_dims", Kind::kInts, "[]", 2),
    Optional("inserted_window_dims", Kind::kInts, "[]"),
    Optional("scatter_dims_to_operand_dims", Kind::kInts, "[]"),
    Optional("scatter_indices_batching_dims", Kind::kInts, "[]", 2),
    Optional("unique_indices", Kind::kBool, "false"),
    Optional("update_window_dims", Kind::kInts, "[]"),
};
constexpr Spec kSelectAndScatter[] = {
    Optional("padding", Kind::kPairs, "[0...]"),
    Required("window_dimensions", Kind::kInts),
    Optional("window_strides", Kind::kInts, "[1...]"),
};
constexpr Spec kSendRecv[] = {
    Optional("channel_id", Kind::kInt, "0"),
    Required("channel_type", Kind::kInt),
    Optional("is_host_transfer", Kind::kBool, "false"),
    Optional("source_target_pairs", Kind::kPairs, "[]", 2),
};
constexpr Spec kSlice[] = {
    Required("limit_indices", Kind::kInts),
    Required("start_indices", Kind::kInts),
    Required("strides", Kind::kInts),
};
constexpr Spec kSort[] = {
    Optional("dimension", Kind::kInt, "-1"),
    Optional("is_stable", Kind::kBool, "false"),
};
constexpr Spec kTorchIndexSelect[] = {
    Required("batch_dims", Kind::kInt),
    Required("dim", Kind::kInt),
};
constexpr Spec kTranspose[] = {Required("permutation", Kind::kInts)};
constexpr Spec kTriangularSolve[] = {
    Required("left_side", Kind::kBool),
    Required("lower", Kind::kBool),
    Required("transpose_a", Kind::kEnum),
    Required("unit_diagonal", Kind::kBool),
};

constexpr Spec kChloBroadcast[] = {Optional("broadcast_dimensions", Kind::kInts)};
constexpr Spec kChloCompare[] = {
    Optional("broadcast_dimensions", Kind::kInts),
    Optional("compare_type", Kind::kEnum, "NOTYPE"),
    Required("comparison_direction", Kind::kEnum),
};
constexpr Spec kChloConstantLike[] = {Required("value", Kind::kAny)};
constexpr Spec kChloRaggedDot[] = {
    Optional("lhs_batching_dimensions", Kind::kInts, "[]"),
    Optional("lhs_contracting_dimensions", Kind::kInts, "[]"),
    Optional("lhs_ragged_dimensions", Kind::kInts, "[]"),
    Optional("precision_config", Kind::kEnums, "[DEFAULT...]"),
    Optional("rhs_batching_dimensions", Kind::kInts, "[]"),
    Optional("rhs_contracting_dimensions", Kind::kInts, "[]"),
    Optional("rhs_group_dimensions", Kind::kInts, "[]"),
};
constexpr Spec kChloScan[] = {
    Required("dimension", Kind::kInt),
    Optional("is_associative", Kind::kBool),
    Optional("is_reverse", Kind::kBool, "false"),
    Required("operandSegmentSizes", Kind::kInts),
    Required("resultSegmentSizes", Kind::kInts),
    Optional("scan_dim_size", Kind::kInt),
};
constexpr Spec kChloTopK[] = {
    Optional("is_stable", Kind::kBool, "true"),
    Required("k", Kind::kInt),
};

constexpr Spec kCheckTolerance[] = {Optional("tolerance", Kind::kFloat, "0.0001")};
constexpr Spec kCheckToleranceConst[] = {
    Optional("tolerance", Kind::kFloat, "0.0001"),
    Required("value", Kind::kDense),
};
constexpr Spec kCheckClose[] = {
    Optional("max_ulp_difference", Kind::kInt, "1"),
    Optional("min_ulp_difference", Kind::kInt, "0"),
};
constexpr Spec kCheckSerialized[] = {
    Optional("iteration", Kind::kInt, "0"),
    Required("probe_id", Kind::kString),
};
constexpr Spec kProbe[] = {Required("probe_id", Kind::kString)};
constexpr Spec kRunParallel[] = {
    Optional("infeed", Kind::kSymbols),
    Required("programs", Kind::kArray),
};
constexpr Spec kConv2d[] = {
    Optional("feature_group_count", Kind::kInt, "1"),
    Optional("padding", Kind::kPairs, "[0...]"),
    Optional("rhs_dilation", Kind::kInts, "[1...]"),
    Optional("window_strides", Kind::kInts, "[1...]"),
};
constexpr Spec kDynamicRngBitGenerator[] = {Required("rng_algorithm", Kind::kEnum)};
constexpr Spec kFoldScales[] = {
    Required("dimension", Kind::kInt),
    Required("steps", Kind::kString),
};
constexpr Spec kAttention[] = {
    Optional("transpose_keys", Kind::kBool, "false"),
    Optional("transpose_values", Kind::kBool, "false"),
    Optional("zero_masked_rows", Kind::kBool, "false"),
};
constexpr Spec kSoftmax[] = {Optional("zero_masked_rows", Kind::kBool, "false")};
constexpr Spec kMatmul[] = {
    Optional("transpose_lhs", Kind::kBool, "false"),
    Optional("transpose_rhs", Kind::kBool, "false"),
};
constexpr Spec kPool2d[] = {
    Optional("base_dilations", Kind::kInts, "[1...]"),
    Optional("padding", Kind::kPairs, "[0...]"),
    Optional("window_dilations", Kind::kInts, "[1...]"),
    Required("window_dimensions", Kind::kInts),
    Optional("window_strides", Kind::kInts, "[1...]"),
};
constexpr Spec kRandomState[] = {Required("count", Kind::kInt)};
constexpr Spec kRescale[] = {
    Optional("clamp_max", Kind::kFloat),
    Optional("clamp_min", Kind::kFloat),
    Required("steps", Kind::kString),
};

constexpr Spec kShapeAssertion[] = {Required("error_message", Kind::kString)};

// ---- Formats that families share (the notation is in core/text/format.h)
// ----------------

constexpr std::string_view kUnaryFormat = "$0{} : ^same";
constexpr std::string_view kBinaryFormat = "$0, $1{} : ^same";
constexpr std::string_view kOperandsFormat = "$*{} : ^fn";
constexpr std::string_view kChloUnaryFormat = "$0{} : ^arrow";
constexpr std::string_view kChloBinaryFormat = "$0, $1{} : ^arrow";
constexpr std::string_view kChloBroadcastFormat = "$0, $1{} : ^fn";

// ---- The table
// -----------------------------------------------------------------------------------

using Attributes = std::span<const Spec>;

struct Row {
  OpSyntax syntax;
  OpNotation notation;
};
// An op whose VHLO name is its own: "stablehlo.add" and vhlo.add_v1.
constexpr Row Op(std::string_view name, int versions, Attributes attributes,
                 std::string_view format, int regions = 0) {
  return {{name, attributes, regions}, {name.substr(name.find('.') + 1), versions, format}};
}
constexpr Row Other(std::string_view name, Attributes attributes, std::string_view format,
                    int regions = 0) {
  return {{name, attributes, regions}, {"", 0, format}};
}

constexpr Row kRows[] = {
    // Leaves.
    Op("stablehlo.constant", 1, kConstant, "<constant>"),
    Op("stablehlo.iota", 1, kIota, "dim = #iota_dimension{} : ^results"),
    Op("stablehlo.dynamic_iota", 1, kIota, "$0, dim = #iota_dimension{} : ^fn"),
    Op("stablehlo.create_token", 1, {}, "{} : ^results"),
    Op("stablehlo.replica_id", 1, {}, "{} : ^results"),
    Op("stablehlo.partition_id", 1, {}, "{} : ^results"),

    // Unary elementwise.
    Op("stablehlo.abs", 1, {}, kUnaryFormat),
    Op("stablehlo.cbrt", 2, kAccurate, kUnaryFormat),
    Op("stablehlo.ceil", 1, {}, kUnaryFormat),
    Op("stablehlo.convert", 1, {}, kUnaryFormat),
    Op("stablehlo.cosine", 2, kAccurate, kUnaryFormat),
    Op("stablehlo.count_leading_zeros", 1, {}, kUnaryFormat),
    Op("stablehlo.exponential", 2, kAccurate, kUnaryFormat),
    Op("stablehlo.exponential_minus_one", 2, kAccurate, kUnaryFormat),
    Op("stablehlo.floor", 1, {}, kUnaryFormat),
    Op("stablehlo.imag", 1, {}, kUnaryFormat),
    Op("stablehlo.is_finite", 1, {}, kOperandsFormat),
    Op("stablehlo.log", 2, kAccurate, kUnaryFormat),
    Op("stablehlo.log_plus_one", 2, kAccurate, kUnaryFormat),
    Op("stablehlo.logistic", 2, kAccurate, kUnaryFormat),
    Op("stablehlo.negate", 1, {}, kUnaryFormat),
    Op("stablehlo.not", 1, {}, kUnaryFormat),
    Op("stablehlo.popcnt", 1, {}, kUnaryFormat),
    Op("stablehlo.real", 1, {}, kUnaryFormat),
    Op("stablehlo.round_nearest_afz", 1, {}, kUnaryFormat),
    Op("stablehlo.round_nearest_even", 1, {}, kUnaryFormat),
    Op("stablehlo.rsqrt", 2, kAccurate, kUnaryFormat),
    Op("stablehlo.sign", 1, {}, kUnaryFormat),
    Op("stablehlo.sine", 2, kAccurate, kUnaryFormat),
    Op("stablehlo.sqrt", 2, kAccurate, kUnaryFormat),
    Op("stablehlo.tan", 2, kAccurate, kUnaryFormat),
    Op("stablehlo.tanh", 2, kAccurate, kUnaryFormat),
    Op("stablehlo.uniform_dequantize", 1, {}, kUnaryFormat),
    Op("stablehlo.uniform_quantize", 1, {}, kUnaryFormat),
    Op("stablehlo.reduce_precision", 1, kReducePrecision, "$0, format = <format>{} : ^same"),

    // Binary and ternary elementwise.
    Op("stablehlo.add", 1, {}, kBinaryFormat),
    Op("stablehlo.and", 1, {}, kBinaryFormat),
    Op("stablehlo.atan2", 1, {}, kBinaryFormat),
    Op("stablehlo.complex", 1, {}, "$*{} : ^complex"),
    Op("stablehlo.divide", 1, {}, kBinaryFormat),
    Op("stablehlo.maximum", 1, {}, kBinaryFormat),
    Op("stablehlo.minimum", 1, {}, kBinaryFormat),
    Op("stablehlo.multiply", 1, {}, kBinaryFormat),
    Op("stablehlo.or", 1, {}, kBinaryFormat),
    Op("stablehlo.power", 1, {}, kBinaryFormat),
    Op("stablehlo.remainder", 1, {}, kBinaryFormat),
    Op("stablehlo.shift_left", 1, {}, kBinaryFormat),
    Op("stablehlo.shift_right_arithmetic", 1, {}, kBinaryFormat),
    Op("stablehlo.shift_right_logical", 1, {}, kBinaryFormat),
    Op("stablehlo.subtract", 1, {}, kBinaryFormat),
    Op("stablehlo.xor", 1, {}, kBinaryFormat),
    Op("stablehlo.compare", 1, kCompare, "#comparison_direction, $0, $1(?, #compare_type){} : ^fn"),
    Op("stablehlo.clamp", 1, {}, "$0, $1, $2{} : ^same"),
    Op("stablehlo.select", 1, {}, "$*{} : ^select"),

    // Shape and data movement.
    Op("stablehlo.bitcast_convert", 1, {}, kOperandsFormat),
    Op("stablehlo.broadcast", 1, kBroadcast, "$0, sizes = #broadcast_sizes{} : ^fn"),
    Op("stablehlo.broadcast_in_dim", 1, kBroadcastInDim,
       "$0, dims = #broadcast_dimensions{} : ^fn"),
    Op("stablehlo.concatenate", 1, kDimension, "$*, dim = #dimension{} : ^fn"),
    Op("stablehlo.dynamic_broadcast_in_dim", 1, kDynamicBroadcastInDim,
       "$0, $1, dims = #broadcast_dimensions{} : ^fn"),
    Op("stablehlo.dynamic_gather", 2, kDynamicGather, ""),
    Op("stablehlo.dynamic_pad", 1, {}, kOperandsFormat),
    Op("stablehlo.dynamic_reshape", 1, {}, kOperandsFormat),
    Op("stablehlo.dynamic_slice", 1, kDynamicSlice, "$*, sizes = #slice_sizes{} : ^fn"),
    Op("stablehlo.dynamic_update_slice", 1, {}, kOperandsFormat),
    Op("stablehlo.gather", 2, kGather, ""),
    Op("stablehlo.get_dimension_size", 1, kDimension, "$0, dim = #dimension{} : ^fn"),
    Op("stablehlo.pad", 1, kPad,
       "$0, $1, low = #edge_padding_low, high = #edge_padding_high, "
       "interior = #interior_padding{} : ^fn"),
    Op("stablehlo.real_dynamic_slice", 1, {}, kOperandsFormat),
    Op("stablehlo.reshape", 1, {}, kOperandsFormat),
    Op("stablehlo.reverse", 1, kDimensions, "$0, dims = #dimensions{} : ^same"),
    Op("stablehlo.set_dimension_size", 1, kDimension, "$0, $1, dim = #dimension{} : ^fn"),
    Op("stablehlo.slice", 1, kSlice, "$0 <slice>{} : ^fn"),
    Op("stablehlo.torch_index_select", 1, kTorchIndexSelect, ""),
    Op("stablehlo.transpose", 1, kTranspose, "$0, dims = #permutation{} : ^fn"),

    // Contractions and linear algebra.
    Op("stablehlo.cholesky", 1, kCholesky, "$0(?, lower = #lower){} : ^same"),
    Op("stablehlo.convolution", 1, kConvolution,
       "($0, $1) dim_numbers = <dim_numbers>, window = {<window>}{} : ^fn"),
    Op("stablehlo.dot", 1, kDot, "$0, $1<precision>{} : ^fn"),
    Op("stablehlo.dot_general", 2, kDotGeneral, "$0, $1, <dot_dims><precision>{} : ^fn"),
    Op("stablehlo.dynamic_conv", 2, kDynamicConv, ""),
    Op("stablehlo.einsum", 1, kEinsum, "$0, $1, config = #einsum_config{} : ^fn"),
    Op("stablehlo.fft", 1, kFft, "$0, type = #fft_type, length = #fft_length{} : ^fn"),
    Op("stablehlo.triangular_solve", 1, kTriangularSolve, ""),
    Op("stablehlo.unary_einsum", 1, kEinsum, "$0, config = #einsum_config{} : ^fn"),

    // Normalization and random numbers.
    Op("stablehlo.batch_norm_grad", 1, kBatchNorm, ""),
    Op("stablehlo.batch_norm_inference", 1, kBatchNorm, ""),
    Op("stablehlo.batch_norm_training", 1, kBatchNorm, ""),
    Op("stablehlo.rng", 1, kRng, "$0, $1, $2, distribution = #rng_distribution{} : ^fn"),
    Op("stablehlo.rng_bit_generator", 1, kRngBitGenerator,
       "$0, algorithm = #rng_algorithm{} : ^fn"),

    // Ops with computations.
    Op("stablehlo.map", 1, kDimensions, "", 1),
    Op("stablehlo.reduce", 1, kDimensions, "<reduce>", 1),
    Op("stablehlo.reduce_window", 1, kReduceWindow, "", 1),
    Op("stablehlo.scatter", 2, kScatter, "", 1),
    Op("stablehlo.select_and_scatter", 1, kSelectAndScatter, "", 2),
    Op("stablehlo.sort", 1, kSort, "", 1),

    // Control flow, tuples, calls.
    Op("stablehlo.after_all", 1, {}, "$*{} : ^same"),
    Op("stablehlo.case", 1, {}, "", -1),
    Op("stablehlo.composite", 2, kComposite, "#name $*<regions>{} : ^fn", -1),
    Op("stablehlo.custom_call", 2, kCustomCall, "@call_target_name($*){} : ^fn"),
    Op("stablehlo.get_tuple_element", 1, kGetTupleElement, "$0[#index]{} : ^fn"),
    Op("stablehlo.if", 1, {}, "", 2),
    Op("stablehlo.optimization_barrier", 1, {}, "<barrier>"),
    Op("stablehlo.return", 1, {}, ""),
    Op("stablehlo.tuple", 1, {}, "$*{} : ^tuple"),
    Op("stablehlo.while", 1, {}, "<while>", 2),
    Op("func.call", 1, kCall, "@callee($*){} : ^fn"),

    // Communication.
    Op("stablehlo.all_gather", 2, kAllGather, ""),
    Op("stablehlo.all_reduce", 2, kAllReduce, "", 1),
    Op("stablehlo.all_to_all", 2, kAllToAll, ""),
    Op("stablehlo.async_done", 1, {}, ""),
    Op("stablehlo.async_start", 1, {}, "", 1),
    Op("stablehlo.collective_broadcast", 2, kCollectiveBroadcast, ""),
    Op("stablehlo.collective_permute", 1, kCollectivePermute, ""),
    Op("stablehlo.collective_reduce", 1, kCollectiveReduce, "", 1),
    Op("stablehlo.cross-replica-sum", 1, kCrossReplicaSum, ""),
    Op("stablehlo.infeed", 1, kInfeed, ""),
    Op("stablehlo.outfeed", 1, kOutfeed, ""),
    Op("stablehlo.recv", 2, kSendRecv, ""),
    Op("stablehlo.reduce_scatter", 1, kReduceScatter, "", 1),
    Op("stablehlo.send", 2, kSendRecv, ""),

    // CHLO.
    Other("chlo._asin_acos_kernel", {}, kChloUnaryFormat),
    Other("chlo.acos", {}, kChloUnaryFormat),
    Other("chlo.acosh", {}, kChloUnaryFormat),
    Other("chlo.asin", {}, kChloUnaryFormat),
    Other("chlo.asinh", {}, kChloUnaryFormat),
    Other("chlo.atan", {}, kChloUnaryFormat),
    Other("chlo.atanh", {}, kChloUnaryFormat),
    Other("chlo.bessel_i1e", {}, kChloUnaryFormat),
    Other("chlo.conj", {}, kChloUnaryFormat),
    Other("chlo.cosh", {}, kChloUnaryFormat),
    Other("chlo.digamma", {}, kChloUnaryFormat),
    Other("chlo.erf", {}, kChloUnaryFormat),
    Other("chlo.erf_inv", {}, kChloUnaryFormat),
    Other("chlo.erfc", {}, kChloUnaryFormat),
    Other("chlo.is_inf", {}, kChloUnaryFormat),
    Other("chlo.is_neg_inf", {}, kChloUnaryFormat),
    Other("chlo.is_pos_inf", {}, kChloUnaryFormat),
    Other("chlo.lgamma", {}, kChloUnaryFormat),
    Other("chlo.sinh", {}, kChloUnaryFormat),
    Other("chlo.square", {}, kChloUnaryFormat),
    Other("chlo.tan", {}, kChloUnaryFormat),
    Other("chlo.mulhi", {}, kChloBinaryFormat),
    Other("chlo.next_after", {}, kChloBinaryFormat),
    Other("chlo.polygamma", {}, kChloBinaryFormat),
    Other("chlo.zeta", {}, kChloBinaryFormat),
    Other("chlo.broadcast_add", kChloBroadcast, kChloBroadcastFormat),
    Other("chlo.broadcast_and", kChloBroadcast, kChloBroadcastFormat),
    Other("chlo.broadcast_atan2", kChloBroadcast, kChloBroadcastFormat),
    Other("chlo.broadcast_compare", kChloCompare, kChloBroadcastFormat),
    Other("chlo.broadcast_complex", kChloBroadcast, kChloBroadcastFormat),
    Other("chlo.broadcast_divide", kChloBroadcast, kChloBroadcastFormat),
    Other("chlo.broadcast_maximum", kChloBroadcast, kChloBroadcastFormat),
    Other("chlo.broadcast_minimum", kChloBroadcast, kChloBroadcastFormat),
    Other("chlo.broadcast_multiply", kChloBroadcast, kChloBroadcastFormat),
    Other("chlo.broadcast_next_after", kChloBroadcast, kChloBroadcastFormat),
    Other("chlo.broadcast_or", kChloBroadcast, kChloBroadcastFormat),
    Other("chlo.broadcast_polygamma", kChloBroadcast, kChloBroadcastFormat),
    Other("chlo.broadcast_power", kChloBroadcast, kChloBroadcastFormat),
    Other("chlo.broadcast_remainder", kChloBroadcast, kChloBroadcastFormat),
    Other("chlo.broadcast_select", {}, "$0, $1, $2{} : ^fn"),
    Other("chlo.broadcast_shift_left", kChloBroadcast, kChloBroadcastFormat),
    Other("chlo.broadcast_shift_right_arithmetic", kChloBroadcast, kChloBroadcastFormat),
    Other("chlo.broadcast_shift_right_logical", kChloBroadcast, kChloBroadcastFormat),
    Other("chlo.broadcast_subtract", kChloBroadcast, kChloBroadcastFormat),
    Other("chlo.broadcast_xor", kChloBroadcast, kChloBroadcastFormat),
    Other("chlo.broadcast_zeta", kChloBroadcast, kChloBroadcastFormat),
    Other("chlo.constant", kConstant, "<constant>"),
    Other("chlo.constant_like", kChloConstantLike, ""),
    Other("chlo.ragged_dot", kChloRaggedDot, ""),
    Other("chlo.scan", kChloScan, "<scan>", 1),
    Other("chlo.top_k", kChloTopK, "($0, k = #k(?, is_stable = #is_stable)){} : ^arrow"),

    // Around them: casts, shardings (read without what they say, see NormalizeAttributes), the test
    // dialects.
    Other("builtin.unrealized_conversion_cast", {}, "$* : ^cast{}"),
    Other("sdy.manual_computation", {}, "<manual_computation>", 1),
    Other("sdy.reshard", {}, "$0 <sharding>{} : ^same"),
    Other("sdy.sharding_constraint", {}, "$0 <sharding>{} : ^same"),
    Other("check.expect_almost_eq", kCheckTolerance,
          "$0, $1(?, tolerance = #tolerance){} : ^operand"),
    Other("check.expect_almost_eq_const", kCheckToleranceConst,
          "$0, #value(?, tolerance = #tolerance){}"),
    Other("check.expect_close", kCheckClose,
          "$0, $1, max_ulp_difference = #max_ulp_difference"
          "(?, min_ulp_difference = #min_ulp_difference) :{} ^operands"),
    Other("check.expect_eq", {}, "$0, $1{} : ^operand"),
    Other("check.expect_eq_const", kConstant, "$0, #value{}"),
    Other("check.expect_serialized_eq", kCheckSerialized,
          "$0, probe_id = #probe_id(?, iter = #iteration){} : ^operand"),
    Other("interpreter.print", {}, "$0{} : ^operand"),
    Other("interpreter.probe", kProbe, "$0, probe_id = #probe_id{} : ^same"),
    Other("interpreter.run_parallel", kRunParallel, ""),

    // WebHLO's own, made by passes.
    Other("webhlo.attention", kAttention, "", -1),
    Other("webhlo.conv2d", kConv2d, "", -1),
    Other("webhlo.dynamic_reduce_window", {}, "", 1),
    Other("webhlo.dynamic_rng_bit_generator", kDynamicRngBitGenerator, ""),
    Other("webhlo.dynamic_top_k", {}, ""),
    Other("webhlo.fold_scales", kFoldScales, ""),
    Other("webhlo.fusion", {}, "", 1),
    Other("webhlo.matmul", kMatmul, "", -1),
    Other("webhlo.max_pool2d", kPool2d, ""),
    Other("webhlo.random_state", kRandomState, ""),
    Other("webhlo.rescale", kRescale, ""),
    Other("webhlo.shape_assertion", kShapeAssertion, ""),
    Other("webhlo.softmax", kSoftmax, ""),
    Other("webhlo.sum_pool2d", kPool2d, ""),
};

// The parts of rows are tables of their own, so that a program holds those that it uses.
template <auto part>
constexpr auto kPartOfRows = [] {
  std::array<std::remove_cvref_t<decltype(kRows[0].*part)>, std::size(kRows)> parts{};
  std::transform(std::begin(kRows), std::end(kRows), parts.begin(),
                 [](const Row& row) { return row.*part; });
  return parts;
}();
constexpr const auto& kTable = kPartOfRows<&Row::syntax>;

// The generated constants are positions in kTable.
#define WEBHLO_OP_NAME(constant, spelling) \
  static_assert(kTable[static_cast<size_t>(ops::constant)].name == (spelling));
#include "core/graph/op_names.inc"
#undef WEBHLO_OP_NAME
static_assert(std::size(kTable) == static_cast<size_t>(OpName::kCount));

// Positions in kTable, by name.
constexpr auto kIndex = [] {
  std::array<uint16_t, std::size(kTable)> index{};
  for (size_t i = 0; i < index.size(); ++i) index[i] = static_cast<uint16_t>(i);
  std::sort(index.begin(), index.end(),
            [](uint16_t a, uint16_t b) { return kTable[a].name < kTable[b].name; });
  return index;
}();

// ---- Enumerations and attribute groups
// ------------------------------------------------------------

constexpr std::string_view kDirections[] = {"EQ", "NE", "GE", "GT", "LE", "LT"};
constexpr std::string_view kCompareTypes[] = {"NOTYPE", "FLOAT", "TOTALORDER", "SIGNED",
                                              "UNSIGNED"};
constexpr std::string_view kFftTypes[] = {"FFT", "IFFT", "RFFT", "IRFFT"};
constexpr std::string_view kPrecisions[] = {"DEFAULT", "HIGH", "HIGHEST"};
constexpr std::string_view kAlgorithms[] = {"DEFAULT", "THREE_FRY", "PHILOX"};
constexpr std::string_view kDistributions[] = {"", "UNIFORM", "NORMAL"};
constexpr std::string_view kTransposes[] = {"TRANSPOSE_INVALID", "NO_TRANSPOSE", "TRANSPOSE",
                                            "ADJOINT"};
constexpr std::string_view kApiVersions[] = {
    "API_VERSION_UNSPECIFIED", "API_VERSION_ORIGINAL", "API_VERSION_STATUS_RETURNING",
    "API_VERSION_STATUS_RETURNING_UNIFIED", "API_VERSION_TYPED_FFI"};
constexpr std::string_view kAccuracyModes[] = {"DEFAULT", "HIGHEST", "TOLERANCE"};

constexpr EnumSpec kEnums[] = {
    {"comparison_direction", "comparison_direction", kDirections},
    {"compare_type", "comparison_type", kCompareTypes},
    {"fft_type", "fft_type", kFftTypes},
    {"precision_config", "precision", kPrecisions},
    {"rng_algorithm", "rng_algorithm", kAlgorithms},
    {"rng_distribution", "rng_distribution", kDistributions},
    {"transpose_a", "transpose", kTransposes},
    {"api_version", "", kApiVersions},
    {"mode", "result_accuracy_mode", kAccuracyModes},
};

using Field = AttributeGroup::Field;
constexpr Field kGatherFields[] = {
    {"offset_dims", "offset_dims"},
    {"collapsed_slice_dims", "collapsed_slice_dims"},
    {"operand_batching_dims", "operand_batching_dims"},
    {"start_indices_batching_dims", "start_indices_batching_dims"},
    {"start_index_map", "start_index_map"},
    {"index_vector_dim", "index_vector_dim"},
};
constexpr Field kScatterFields[] = {
    {"update_window_dims", "update_window_dims"},
    {"inserted_window_dims", "inserted_window_dims"},
    {"input_batching_dims", "input_batching_dims"},
    {"scatter_indices_batching_dims", "scatter_indices_batching_dims"},
    {"scatter_dims_to_operand_dims", "scatter_dims_to_operand_dims"},
    {"index_vector_dim", "index_vector_dim"},
};
constexpr Field kDotFields[] = {
    {"lhs_batching_dimensions", "lhs_batching_dimensions"},
    {"rhs_batching_dimensions", "rhs_batching_dimensions"},
    {"lhs_contracting_dimensions", "lhs_contracting_dimensions"},
    {"rhs_contracting_dimensions", "rhs_contracting_dimensions"},
};
constexpr Field kRaggedDotFields[] = {
    {"lhs_batching_dimensions", "lhs_batching_dimensions"},
    {"rhs_batching_dimensions", "rhs_batching_dimensions"},
    {"lhs_contracting_dimensions", "lhs_contracting_dimensions"},
    {"rhs_contracting_dimensions", "rhs_contracting_dimensions"},
    {"lhs_ragged_dimensions", "lhs_ragged_dimensions"},
    {"rhs_group_dimensions", "rhs_group_dimensions"},
};
constexpr Field kAlgorithmFields[] = {
    {"lhs_precision_type", "lhs_precision_type"},
    {"rhs_precision_type", "rhs_precision_type"},
    {"accumulation_type", "accumulation_type"},
    {"lhs_component_count", "lhs_component_count"},
    {"rhs_component_count", "rhs_component_count"},
    {"num_primitive_operations", "num_primitive_operations"},
    {"allow_imprecise_accumulation", "allow_imprecise_accumulation"},
};
// Written as `[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]`, or by these names after `raw`.
constexpr Field kConvolutionFields[] = {
    {"input_batch_dimension", "input_batch_dimension"},
    {"input_feature_dimension", "input_feature_dimension"},
    {"input_spatial_dimensions", "input_spatial_dimensions"},
    {"kernel_input_feature_dimension", "kernel_input_feature_dimension"},
    {"kernel_output_feature_dimension", "kernel_output_feature_dimension"},
    {"kernel_spatial_dimensions", "kernel_spatial_dimensions"},
    {"output_batch_dimension", "output_batch_dimension"},
    {"output_feature_dimension", "output_feature_dimension"},
    {"output_spatial_dimensions", "output_spatial_dimensions"},
};
constexpr Field kChannelFields[] = {{"handle", "channel_id"}, {"type", "channel_type"}};

constexpr AttributeGroup kGroups[] = {
    {"dimension_numbers", "stablehlo.gather", "offset_dims", kGatherFields},
    {"dimension_numbers", "stablehlo.conv", "input_batch_dimension", kConvolutionFields},
    {"scatter_dimension_numbers", "stablehlo.scatter", "update_window_dims", kScatterFields},
    {"ragged_dot_dimension_numbers", "chlo.ragged_dot", "lhs_ragged_dimensions", kRaggedDotFields},
    {"dot_dimension_numbers", "stablehlo.dot", "lhs_batching_dimensions", kDotFields},
    {"algorithm", "stablehlo.dot_algorithm", "lhs_precision_type", kAlgorithmFields},
    {"channel_handle", "stablehlo.channel_handle", "channel_id", kChannelFields},
};

}  // namespace

std::span<const OpSyntax> AllSyntax() { return kTable; }

const OpNotation& NotationOf(const OpSyntax& syntax) {
  return kPartOfRows<&Row::notation>[static_cast<size_t>(&syntax - kTable.data())];
}

std::string_view ToString(OpName name) { return kTable[static_cast<size_t>(name)].name; }

std::optional<OpName> FindOpName(std::string_view name) {
  const auto it =
      std::lower_bound(kIndex.begin(), kIndex.end(), name,
                       [](uint16_t i, std::string_view text) { return kTable[i].name < text; });
  if (it == kIndex.end() || kTable[*it].name != name) return std::nullopt;
  return static_cast<OpName>(*it);
}

const OpSyntax* FindSyntax(OpName name) {
  return IsKnown(name) ? &kTable[static_cast<size_t>(name)] : nullptr;
}

const OpSyntax* FindSyntax(std::string_view name) {
  const std::optional<OpName> known = FindOpName(name);
  return known ? FindSyntax(*known) : nullptr;
}

std::string_view CalleeAttribute(OpName name) {
  return name == ops::kFuncCall ? "callee" : name == ops::kComposite ? "decomposition" : "";
}

const OpSyntax* FindSyntaxByVhloName(std::string_view vhlo_name) {
  for (const OpSyntax& syntax : kTable) {
    const OpNotation& notation = NotationOf(syntax);
    if (notation.vhlo_versions > 0 && notation.vhlo_name == vhlo_name) return &syntax;
  }
  return nullptr;
}

const AttributeSpec* FindAttributeSpec(const OpSyntax& syntax, std::string_view attribute) {
  for (const AttributeSpec& spec : syntax.attributes) {
    if (spec.name == attribute) return &spec;
  }
  return nullptr;
}

const EnumSpec* FindEnum(std::string_view attribute) {
  for (const EnumSpec& spec : kEnums) {
    if (spec.attribute == attribute) return &spec;
  }
  return nullptr;
}

std::span<const AttributeGroup> AttributeGroups() { return kGroups; }

const AttributeGroup* FindAttributeGroup(const OpSyntax& syntax, std::string_view attribute) {
  for (const AttributeGroup& group : kGroups) {
    if (group.attribute == attribute && FindAttributeSpec(syntax, group.key)) return &group;
  }
  return nullptr;
}

}  // namespace webhlo
