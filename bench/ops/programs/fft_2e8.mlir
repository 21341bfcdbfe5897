// SPDX-License-Identifier: Apache-2.0
module @jit_fft attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<256xcomplex<f32>>) -> (tensor<256xcomplex<f32>> {jax.result_info = "result"}) {
    %0 = call @fft(%arg0) : (tensor<256xcomplex<f32>>) -> tensor<256xcomplex<f32>>
    return %0 : tensor<256xcomplex<f32>>
  }
  func.func private @fft(%arg0: tensor<256xcomplex<f32>>) -> tensor<256xcomplex<f32>> {
    %0 = stablehlo.fft %arg0, type = FFT, length = [256] : (tensor<256xcomplex<f32>>) -> tensor<256xcomplex<f32>>
    return %0 : tensor<256xcomplex<f32>>
  }
}
