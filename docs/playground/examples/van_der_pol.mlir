// Van der Pol's oscillator in f64: x' = v, v' = mu (1 - x x) v - x, by 2000 steps of the midpoint rule.
// Each step adds a row (x, v) to the trajectory.
// input start: [2, 0]
// input mu: 3
func.func @main(%start: tensor<2xf64> loc("start"), %mu: tensor<f64> loc("mu"))
    -> (tensor<2000x2xf64> {jax.result_info = "trajectory"}) {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %none = stablehlo.constant dense<0.0> : tensor<2000x2xf64>
  %r:3 = stablehlo.while(%i = %zero, %state = %start, %rows = %none)
      : tensor<i32>, tensor<2xf64>, tensor<2000x2xf64>
  cond {
    %steps = stablehlo.constant dense<2000> : tensor<i32>
    %more = stablehlo.compare LT, %i, %steps : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %more : tensor<i1>
  } do {
    %one = stablehlo.constant dense<1> : tensor<i32>
    %column = stablehlo.constant dense<0> : tensor<i32>
    %h = stablehlo.constant dense<0.01> : tensor<2xf64>
    %half = stablehlo.constant dense<0.005> : tensor<2xf64>
    %k1 = func.call @slope(%state, %mu) : (tensor<2xf64>, tensor<f64>) -> tensor<2xf64>
    %there = stablehlo.multiply %k1, %half : tensor<2xf64>
    %middle = stablehlo.add %state, %there : tensor<2xf64>
    %k2 = func.call @slope(%middle, %mu) : (tensor<2xf64>, tensor<f64>) -> tensor<2xf64>
    %change = stablehlo.multiply %k2, %h : tensor<2xf64>
    %next = stablehlo.add %state, %change : tensor<2xf64>
    %row = stablehlo.reshape %next : (tensor<2xf64>) -> tensor<1x2xf64>
    %more_rows = stablehlo.dynamic_update_slice %rows, %row, %i, %column
        : (tensor<2000x2xf64>, tensor<1x2xf64>, tensor<i32>, tensor<i32>) -> tensor<2000x2xf64>
    %j = stablehlo.add %i, %one : tensor<i32>
    stablehlo.return %j, %next, %more_rows : tensor<i32>, tensor<2xf64>, tensor<2000x2xf64>
  }
  return %r#2 : tensor<2000x2xf64>
}

func.func private @slope(%state: tensor<2xf64>, %mu: tensor<f64>) -> tensor<2xf64> {
  %x1 = stablehlo.slice %state [0:1] : (tensor<2xf64>) -> tensor<1xf64>
  %v1 = stablehlo.slice %state [1:2] : (tensor<2xf64>) -> tensor<1xf64>
  %one = stablehlo.constant dense<1.0> : tensor<1xf64>
  %mu1 = stablehlo.reshape %mu : (tensor<f64>) -> tensor<1xf64>
  %xx = stablehlo.multiply %x1, %x1 : tensor<1xf64>
  %damping = stablehlo.subtract %one, %xx : tensor<1xf64>
  %scaled = stablehlo.multiply %mu1, %damping : tensor<1xf64>
  %force = stablehlo.multiply %scaled, %v1 : tensor<1xf64>
  %slope_v = stablehlo.subtract %force, %x1 : tensor<1xf64>
  %slope = stablehlo.concatenate %v1, %slope_v, dim = 0 : (tensor<1xf64>, tensor<1xf64>) -> tensor<2xf64>
  return %slope : tensor<2xf64>
}
