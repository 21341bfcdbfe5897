// SPDX-License-Identifier: Apache-2.0
//
// The digits model: convolutions with batch normalization in their weights, for each of which a
// channel may fail at load, pools, two products, and a softmax.
//
// stage: plan
// file: models/digits/model.jaxexport
// weights: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20
// ---->
0: xnnpack.convolution 1x28x28x1 filter 3x3x16 padding 1,1,1,1 bias relu input0, packed, packed -> arena+0; first of xnnpack.convolution, convolution.patches
1: jump 5 unless constant2
2: xnnpack.convolution 1x28x28x16 filter 3x3x32 strides 2x2 padding 0,1,0,1 bias arena+0, packed, packed -> arena+170624; first of xnnpack.convolution, convolution.patches
3: rescale -**+ 196x32 arena+170624, constant5, constant6, constant7, constant8, constant9 -> arena+170624
4: jump 6
5: xnnpack.convolution 1x28x28x16 filter 3x3x32 strides 2x2 padding 0,1,0,1 bias relu arena+0, packed, packed -> arena+170624; first of xnnpack.convolution, convolution.patches
6: jump 10 unless constant10
7: winograd 1x14x14x32 filter 3x3x32 padding 1,1,1,1 bias arena+170624, packed, packed -> arena+195712 scratch arena+0; first of winograd, xnnpack.convolution, convolution.patches
8: rescale -**+ 196x32 arena+195712, constant13, constant14, constant15, constant16, constant17 -> arena+195712
9: jump 11
10: winograd 1x14x14x32 filter 3x3x32 padding 1,1,1,1 bias relu arena+170624, packed, packed -> arena+195712 scratch arena+0; first of winograd, xnnpack.convolution, convolution.patches
11: max_pool2d tensor<1x14x14x32xf32> window 2x2 arena+195712 -> arena+102976
12: jump 16 unless constant18
13: winograd 1x7x7x32 filter 3x3x64 padding 1,1,1,1 bias arena+102976, packed, packed -> arena+90432 scratch arena+0; first of winograd, xnnpack.convolution, convolution.patches
14: rescale -**+ 49x64 arena+90432, constant21, constant22, constant23, constant24, constant25 -> arena+90432
15: jump 17
16: winograd 1x7x7x32 filter 3x3x64 padding 1,1,1,1 bias relu arena+102976, packed, packed -> arena+90432 scratch arena+0; first of winograd, xnnpack.convolution, convolution.patches
17: max_pool2d tensor<1x7x7x64xf32> window 2x2 arena+90432 -> arena+0
18: matmul.rows 1x576x64 bias relu arena+0, packed, packed -> arena+2304; first of matmul.rows, xnnpack.fully_connected
19: matmul.rows 1x64x10 bias arena+2304, packed, packed -> arena+0; first of matmul.rows, xnnpack.fully_connected
20: softmax 1x10 arena+0 -> arena+64
arena 220800 bytes (lower bound 220800), literals 0 bytes, 0 jit functions in 0 bytes
// -----
// The same for a hundred images at once: other kernels for the products.
//
// stage: plan
// file: models/digits/model_batch100.jaxexport
// weights: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20
// ---->
0: xnnpack.convolution 100x28x28x1 filter 3x3x16 padding 1,1,1,1 bias relu input0, packed, packed -> arena+0; first of xnnpack.convolution, convolution.patches
1: jump 5 unless constant2
2: xnnpack.convolution 100x28x28x16 filter 3x3x32 strides 2x2 padding 0,1,0,1 bias arena+0, packed, packed -> arena+5017600; first of xnnpack.convolution, convolution.patches
3: rescale -**+ 19600x32 arena+5017600, constant5, constant6, constant7, constant8, constant9 -> arena+5017600
4: jump 6
5: xnnpack.convolution 100x28x28x16 filter 3x3x32 strides 2x2 padding 0,1,0,1 bias relu arena+0, packed, packed -> arena+5017600; first of xnnpack.convolution, convolution.patches
6: jump 10 unless constant10
7: winograd 100x14x14x32 filter 3x3x32 padding 1,1,1,1 bias arena+5017600, packed, packed -> arena+0 scratch arena+2508800; first of winograd, xnnpack.convolution, convolution.patches
8: rescale -**+ 19600x32 arena+0, constant13, constant14, constant15, constant16, constant17 -> arena+0
9: jump 11
10: winograd 100x14x14x32 filter 3x3x32 padding 1,1,1,1 bias relu arena+5017600, packed, packed -> arena+0 scratch arena+2508800; first of winograd, xnnpack.convolution, convolution.patches
11: max_pool2d tensor<100x14x14x32xf32> window 2x2 arena+0 -> arena+2508800
12: jump 16 unless constant18
13: winograd 100x7x7x32 filter 3x3x64 padding 1,1,1,1 bias arena+2508800, packed, packed -> arena+0 scratch arena+1254400; first of winograd, xnnpack.convolution, convolution.patches
14: rescale -**+ 4900x64 arena+0, constant21, constant22, constant23, constant24, constant25 -> arena+0
15: jump 17
16: winograd 100x7x7x32 filter 3x3x64 padding 1,1,1,1 bias relu arena+2508800, packed, packed -> arena+0 scratch arena+1254400; first of winograd, xnnpack.convolution, convolution.patches
17: max_pool2d tensor<100x7x7x64xf32> window 2x2 arena+0 -> arena+1254400
18: xnnpack.fully_connected 100x576x64 bias relu arena+1254400, packed, packed -> arena+0; preferred of matmul.rows, xnnpack.fully_connected
19: xnnpack.fully_connected 100x64x10 bias arena+0, packed, packed -> arena+25600; preferred of matmul.rows, xnnpack.fully_connected
20: softmax 100x10 arena+25600 -> arena+0
arena 7526400 bytes (lower bound 7526400), literals 0 bytes, 0 jit functions in 0 bytes
