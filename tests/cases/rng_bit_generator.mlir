// SPDX-License-Identifier: Apache-2.0
//
// Random bits, the same as XLA's on the CPU.

func.func @three_fry() {
  %0 = stablehlo.constant dense<[1, 2]> : tensor<2xui64>
  %1:2 = stablehlo.rng_bit_generator %0, algorithm = THREE_FRY : (tensor<2xui64>) -> (tensor<2xui64>, tensor<2x2xui64>)
  %2:2 = stablehlo.rng_bit_generator %0, algorithm = THREE_FRY : (tensor<2xui64>) -> (tensor<2xui64>, tensor<3x4xui32>)
  %3:2 = stablehlo.rng_bit_generator %0, algorithm = THREE_FRY : (tensor<2xui64>) -> (tensor<2xui64>, tensor<3x5xui32>)
  check.expect_eq_const %1#0, dense<[1, 6]> : tensor<2xui64>
  check.expect_eq_const %1#1, dense<[[9236835810183407956, 16087790271692313299], [18212823393184779219, 2658481902456610144]]> : tensor<2x2xui64>
  check.expect_eq_const %2#0, dense<[1, 8]> : tensor<2xui64>
  check.expect_eq_const %2#1, dense<[[43444564, 2150618427, 3979645651, 3745730563], [1672743891, 4240503393, 2109414752, 618976052], [2534981805, 3824176357, 2868795927, 3753859121]]> : tensor<3x4xui32>
  check.expect_eq_const %3#1, dense<[[43444564, 2150618427, 3979645651, 3745730563, 1672743891], [2109414752, 618976052, 2534981805, 3824176357, 2868795927], [2915202000, 3844842626, 3159807845, 3120200270, 299673330]]> : tensor<3x5xui32>
  return
}

// -----

func.func @philox() {
  %0 = stablehlo.constant dense<[5, 18446744073709551615]> : tensor<2xui64>
  %1:2 = stablehlo.rng_bit_generator %0, algorithm = PHILOX : (tensor<2xui64>) -> (tensor<2xui64>, tensor<3xui64>)
  %2:2 = stablehlo.rng_bit_generator %0, algorithm = DEFAULT : (tensor<2xui64>) -> (tensor<2xui64>, tensor<7xui32>)
  check.expect_eq_const %1#0, dense<[5, 1]> : tensor<2xui64>
  check.expect_eq_const %1#1, dense<[17333022358970737082, 17879676503325561529, 15612657552152258155]> : tensor<3xui64>
  check.expect_eq_const %2#0, dense<[5, 1]> : tensor<2xui64>
  check.expect_eq_const %2#1, dense<[1314562490, 4035658752, 2543735481, 4162936588, 64677483, 3635105107, 3931607701]> : tensor<7xui32>
  return
}
