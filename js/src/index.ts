// SPDX-License-Identifier: Apache-2.0
// The public face of the package.

export { cache } from './cache.js';
export type { CacheEntry } from './cache.js';
export { registerCustomCall } from './custom_calls.js';
export type { AttributeValue, CustomCall, CustomCallFunction } from './custom_calls.js';
export type { DType, NestedNumbers, NumberArray, NumericArray, TypedArray } from './dtype.js';
export { WebHLOError } from './errors.js';
export type { ErrorCode } from './errors.js';
export { generate, sample } from './generate.js';
export type { GenerateOptions, Runnable, SampleOptions } from './generate.js';
export { fromImage, toImageData } from './image.js';
export type { ChannelOptions, FromImageOptions, ImageSource, Pixels } from './image.js';
export { load } from './load.js';
export type { LoadOptions, ModelSource, ShapesByName, WorkerLoadOptions } from './load_options.js';
export type { LogLevel } from './log.js';
export type { Metadata } from './metadata.js';
export type { InspectStage, MemoryUse, Model } from './model.js';
export type { Program } from './program.js';
export type {
  Inputs,
  Outputs,
  Results,
  RunOptions,
  RunSyncOptions,
  WarmupOptions,
} from './runs.js';
export type { NativeRoofline as Roofline, Precision } from './native.js';
export type { PortInfo } from './ports.js';
export type { Profile, ProfileKernel, ProfileOptions, ProfileStep } from './profile.js';
export type { WorkerModel, WorkerProgram } from './remote.js';
export type { FileProgress, LoadProgress, ProgressFunction, Source } from './sources.js';
export { Tensor } from './tensor.js';
export type { TensorOptions } from './tensor.js';
export { traceOf } from './trace.js';
export type { Trace, TraceEvent } from './trace.js';
export type { Tuning } from './tuning.js';
