// SPDX-License-Identifier: Apache-2.0
//
// The digits model: convolutions with batch normalization in their weights, for each of which a
// channel may fail at load, pools, two products, and a softmax.
//
// stage: plan
// file: models/digits/model.jaxexport
// weights: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20
// ---->
0: convolution.tiled 1x28x28x1 filter 3x3x16 padding 1,1,1,1 bias relu input0, packed, packed -> arena+0 scratch arena+50176; first of convolution.tiled, xnnpack.convolution, convolution.patches
1: jump 5 unless constant2
2: convolution.tiled 1x28x28x16 filter 3x3x32 strides 2x2 padding 0,1,0,1 bias arena+0, packed, packed -> arena+225920 scratch arena+251008; first of convolution.tiled, xnnpack.convolution, convolution.patches
3: rescale -**+ 196x32 arena+225920, constant5, constant6, constant7, constant8, constant9 -> arena+225920
4: jump 6
5: convolution.tiled 1x28x28x16 filter 3x3x32 strides 2x2 padding 0,1,0,1 bias relu arena+0, packed, packed -> arena+225920 scratch arena+251008; first of convolution.tiled, xnnpack.convolution, convolution.patches
6: jump 10 unless constant10
7: winograd 1x14x14x32 filter 3x3x32 padding 1,1,1,1 bias arena+225920, packed, packed -> arena+251008 scratch arena+0; first of winograd, convolution.tiled, xnnpack.convolution, convolution.patches
8: rescale -**+ 196x32 arena+251008, constant13, constant14, constant15, constant16, constant17 -> arena+251008
9: jump 11
10: winograd 1x14x14x32 filter 3x3x32 padding 1,1,1,1 bias relu arena+225920, packed, packed -> arena+251008 scratch arena+0; first of winograd, convolution.tiled, xnnpack.convolution, convolution.patches
11: max_pool2d tensor<1x14x14x32xf32> window 2x2 arena+251008 -> arena+183104
12: jump 16 unless constant18
13: winograd 1x7x7x32 filter 3x3x64 padding 1,1,1,1 bias arena+183104, packed, packed -> arena+170560 scratch arena+0; first of winograd, convolution.tiled, xnnpack.convolution, convolution.patches
14: rescale -**+ 49x64 arena+170560, constant21, constant22, constant23, constant24, constant25 -> arena+170560
15: jump 17
16: winograd 1x7x7x32 filter 3x3x64 padding 1,1,1,1 bias relu arena+183104, packed, packed -> arena+170560 scratch arena+0; first of winograd, convolution.tiled, xnnpack.convolution, convolution.patches
17: max_pool2d tensor<1x7x7x64xf32> window 2x2 arena+170560 -> arena+183104
18: matmul.rows 1x576x64 bias relu arena+183104, packed, packed -> arena+185408; first of matmul.rows, matmul.tiled, xnnpack.fully_connected
19: matmul.rows 1x64x10 bias arena+185408, packed, packed -> arena+185664; first of matmul.rows, matmul.tiled, xnnpack.fully_connected
20: softmax 1x10 arena+185664 -> arena+185728
arena 276096 bytes (lower bound 276096), literals 0 bytes, 0 jit functions in 0 bytes
// -----
// The same for a hundred images at once: other kernels for the products.
//
// stage: plan
// file: models/digits/model_batch100.jaxexport
// weights: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20
// ---->
0: convolution.tiled 100x28x28x1 filter 3x3x16 padding 1,1,1,1 bias relu input0, packed, packed -> arena+0 scratch arena+5331200; first of convolution.tiled, xnnpack.convolution, convolution.patches
1: jump 5 unless constant2
2: convolution.tiled 100x28x28x16 filter 3x3x32 strides 2x2 padding 0,1,0,1 bias arena+0, packed, packed -> arena+5017600 scratch arena+7526400; first of convolution.tiled, xnnpack.convolution, convolution.patches
3: rescale -**+ 19600x32 arena+5017600, constant5, constant6, constant7, constant8, constant9 -> arena+5017600
4: jump 6
5: convolution.tiled 100x28x28x16 filter 3x3x32 strides 2x2 padding 0,1,0,1 bias relu arena+0, packed, packed -> arena+5017600 scratch arena+7526400; first of convolution.tiled, xnnpack.convolution, convolution.patches
6: jump 10 unless constant10
7: winograd 100x14x14x32 filter 3x3x32 padding 1,1,1,1 bias arena+5017600, packed, packed -> arena+0 scratch arena+2508800; first of winograd, convolution.tiled, xnnpack.convolution, convolution.patches
8: rescale -**+ 19600x32 arena+0, constant13, constant14, constant15, constant16, constant17 -> arena+0
9: jump 11
10: winograd 100x14x14x32 filter 3x3x32 padding 1,1,1,1 bias relu arena+5017600, packed, packed -> arena+0 scratch arena+2508800; first of winograd, convolution.tiled, xnnpack.convolution, convolution.patches
11: max_pool2d tensor<100x14x14x32xf32> window 2x2 arena+0 -> arena+2508800
12: jump 16 unless constant18
13: winograd 100x7x7x32 filter 3x3x64 padding 1,1,1,1 bias arena+2508800, packed, packed -> arena+0 scratch arena+1254400; first of winograd, convolution.tiled, xnnpack.convolution, convolution.patches
14: rescale -**+ 4900x64 arena+0, constant21, constant22, constant23, constant24, constant25 -> arena+0
15: jump 17
16: winograd 100x7x7x32 filter 3x3x64 padding 1,1,1,1 bias relu arena+2508800, packed, packed -> arena+0 scratch arena+1254400; first of winograd, convolution.tiled, xnnpack.convolution, convolution.patches
17: max_pool2d tensor<100x7x7x64xf32> window 2x2 arena+0 -> arena+1254400
18: matmul.tiled 100x576x64 bias relu arena+1254400, packed, packed -> arena+0; preferred of matmul.rows, matmul.tiled, xnnpack.fully_connected
19: matmul.tiled 100x64x10 bias arena+0, packed, packed -> arena+25600; preferred of matmul.rows, matmul.tiled, xnnpack.fully_connected
20: softmax 100x10 arena+25600 -> arena+0
arena 7543872 bytes (lower bound 7543872), literals 0 bytes, 0 jit functions in 0 bytes
