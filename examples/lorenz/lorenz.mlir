// SPDX-License-Identifier: Apache-2.0
// 4096 points that follow Lorenz's equations
//   dx/dt = sigma (y - x),  dy/dt = x (rho - z) - y,  dz/dt = x y - beta z
// for `steps` steps of length `dt`, by the classical Runge-Kutta method, in f64.

!points = tensor<4096xf64>
!number = tensor<f64>

module @lorenz {
  func.func public @main(
      %x0: !points loc("inputs['x']"), %y0: !points loc("inputs['y']"), %z0: !points loc("inputs['z']"),
      %steps: tensor<i32> loc("inputs['steps']"), %dt: !number loc("inputs['dt']"),
      %sigma: !number loc("inputs['sigma']"), %rho: !number loc("inputs['rho']"), %beta: !number loc("inputs['beta']"))
      -> (!points {jax.result_info = "result['x']"}, !points {jax.result_info = "result['y']"},
          !points {jax.result_info = "result['z']"}) {
    %0 = stablehlo.constant dense<0> : tensor<i32>
    %1 = stablehlo.constant dense<1> : tensor<i32>
    %2 = stablehlo.constant dense<2.0> : !number
    %6 = stablehlo.constant dense<6.0> : !number
    %half_dt = stablehlo.divide %dt, %2 : !number
    %sixth_dt = stablehlo.divide %dt, %6 : !number
    %h = stablehlo.broadcast_in_dim %dt, dims = [] : (!number) -> !points
    %half = stablehlo.broadcast_in_dim %half_dt, dims = [] : (!number) -> !points
    %sixth = stablehlo.broadcast_in_dim %sixth_dt, dims = [] : (!number) -> !points
    %s = stablehlo.broadcast_in_dim %sigma, dims = [] : (!number) -> !points
    %r = stablehlo.broadcast_in_dim %rho, dims = [] : (!number) -> !points
    %b = stablehlo.broadcast_in_dim %beta, dims = [] : (!number) -> !points
    %end:4 = stablehlo.while(%i = %0, %x = %x0, %y = %y0, %z = %z0) : tensor<i32>, !points, !points, !points
    cond {
      %more = stablehlo.compare LT, %i, %steps, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %more : tensor<i1>
    } do {
      %k1:3 = func.call @slope(%x, %y, %z, %s, %r, %b)
          : (!points, !points, !points, !points, !points, !points) -> (!points, !points, !points)
      %p2:3 = func.call @along(%x, %y, %z, %k1#0, %k1#1, %k1#2, %half)
          : (!points, !points, !points, !points, !points, !points, !points) -> (!points, !points, !points)
      %k2:3 = func.call @slope(%p2#0, %p2#1, %p2#2, %s, %r, %b)
          : (!points, !points, !points, !points, !points, !points) -> (!points, !points, !points)
      %p3:3 = func.call @along(%x, %y, %z, %k2#0, %k2#1, %k2#2, %half)
          : (!points, !points, !points, !points, !points, !points, !points) -> (!points, !points, !points)
      %k3:3 = func.call @slope(%p3#0, %p3#1, %p3#2, %s, %r, %b)
          : (!points, !points, !points, !points, !points, !points) -> (!points, !points, !points)
      %p4:3 = func.call @along(%x, %y, %z, %k3#0, %k3#1, %k3#2, %h)
          : (!points, !points, !points, !points, !points, !points, !points) -> (!points, !points, !points)
      %k4:3 = func.call @slope(%p4#0, %p4#1, %p4#2, %s, %r, %b)
          : (!points, !points, !points, !points, !points, !points) -> (!points, !points, !points)
      %dx = func.call @sum(%k1#0, %k2#0, %k3#0, %k4#0) : (!points, !points, !points, !points) -> !points
      %dy = func.call @sum(%k1#1, %k2#1, %k3#1, %k4#1) : (!points, !points, !points, !points) -> !points
      %dz = func.call @sum(%k1#2, %k2#2, %k3#2, %k4#2) : (!points, !points, !points, !points) -> !points
      %next:3 = func.call @along(%x, %y, %z, %dx, %dy, %dz, %sixth)
          : (!points, !points, !points, !points, !points, !points, !points) -> (!points, !points, !points)
      %done = stablehlo.add %i, %1 : tensor<i32>
      stablehlo.return %done, %next#0, %next#1, %next#2 : tensor<i32>, !points, !points, !points
    }
    return %end#1, %end#2, %end#3 : !points, !points, !points
  }

  // Lorenz's equations.
  func.func private @slope(%x: !points, %y: !points, %z: !points, %sigma: !points, %rho: !points, %beta: !points)
      -> (!points, !points, !points) {
    %0 = stablehlo.subtract %y, %x : !points
    %dx = stablehlo.multiply %sigma, %0 : !points
    %1 = stablehlo.subtract %rho, %z : !points
    %2 = stablehlo.multiply %x, %1 : !points
    %dy = stablehlo.subtract %2, %y : !points
    %3 = stablehlo.multiply %x, %y : !points
    %4 = stablehlo.multiply %beta, %z : !points
    %dz = stablehlo.subtract %3, %4 : !points
    return %dx, %dy, %dz : !points, !points, !points
  }

  // As far along a slope as %h says.
  func.func private @along(%x: !points, %y: !points, %z: !points, %dx: !points, %dy: !points, %dz: !points, %h: !points)
      -> (!points, !points, !points) {
    %0 = stablehlo.multiply %h, %dx : !points
    %1 = stablehlo.multiply %h, %dy : !points
    %2 = stablehlo.multiply %h, %dz : !points
    %3 = stablehlo.add %x, %0 : !points
    %4 = stablehlo.add %y, %1 : !points
    %5 = stablehlo.add %z, %2 : !points
    return %3, %4, %5 : !points, !points, !points
  }

  // k1 + 2 (k2 + k3) + k4
  func.func private @sum(%k1: !points, %k2: !points, %k3: !points, %k4: !points) -> !points {
    %0 = stablehlo.add %k2, %k3 : !points
    %1 = stablehlo.add %0, %0 : !points
    %2 = stablehlo.add %k1, %1 : !points
    %3 = stablehlo.add %2, %k4 : !points
    return %3 : !points
  }
}
