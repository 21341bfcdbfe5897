// SPDX-License-Identifier: Apache-2.0
//
// The digits model: convolutions with batch normalization in their weights, for each of which a
// channel may fail at load, pools, two products, and a softmax.
//
// stage: plan
// file: models/digits/model.jaxexport
// weights: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20
// ---->
0: convolution.tiled 1x28x28x1 filter 3x3x16 padding 1,1,1,1 bias relu input0, packed, packed -> arena+0 scratch arena+50176; first of convolution.tiled, convolution.patches
1: jump 5 unless constant2
2: convolution.tiled 1x28x28x16 filter 3x3x32 strides 2x2 padding 0,1,0,1 bias arena+0, packed, packed -> arena+225920 scratch arena+251008; first of convolution.tiled, convolution.patches
3: rescale -**+ 196x32 arena+225920, constant5, constant6, constant7, constant8, constant9 -> arena+225920
4: jump 6
5: convolution.tiled 1x28x28x16 filter 3x3x32 strides 2x2 padding 0,1,0,1 bias relu arena+0, packed, packed -> arena+225920 scratch arena+251008; first of convolution.tiled, convolution.patches
6: jump 10 unless constant10
7: winograd 1x14x14x32 filter 3x3x32 padding 1,1,1,1 bias arena+225920, packed, packed -> arena+251008 scratch arena+0; first of winograd, convolution.tiled, convolution.patches
8: rescale -**+ 196x32 arena+251008, constant13, constant14, constant15, constant16, constant17 -> arena+251008
9: jump 11
10: winograd 1x14x14x32 filter 3x3x32 padding 1,1,1,1 bias relu arena+225920, packed, packed -> arena+251008 scratch arena+0; first of winograd, convolution.tiled, convolution.patches
11: max_pool2d tensor<1x14x14x32xf32> window 2x2 arena+251008 -> arena+183104
12: jump 16 unless constant18
13: winograd 1x7x7x32 filter 3x3x64 padding 1,1,1,1 bias arena+183104, packed, packed -> arena+170560 scratch arena+0; first of winograd, convolution.tiled, convolution.patches
14: rescale -**+ 49x64 arena+170560, constant21, constant22, constant23, constant24, constant25 -> arena+170560
15: jump 17
16: winograd 1x7x7x32 filter 3x3x64 padding 1,1,1,1 bias relu arena+183104, packed, packed -> arena+170560 scratch arena+0; first of winograd, convolution.tiled, convolution.patches
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
0: convolution.tiled 100x28x28x1 filter 3x3x16 padding 1,1,1,1 bias relu input0, packed, packed -> arena+0 scratch arena+5331200; first of convolution.tiled, convolution.patches
1: jump 5 unless constant2
2: convolution.tiled 100x28x28x16 filter 3x3x32 strides 2x2 padding 0,1,0,1 bias arena+0, packed, packed -> arena+5017600 scratch arena+7526400; first of convolution.tiled, convolution.patches
3: rescale -**+ 19600x32 arena+5017600, constant5, constant6, constant7, constant8, constant9 -> arena+5017600
4: jump 6
5: convolution.tiled 100x28x28x16 filter 3x3x32 strides 2x2 padding 0,1,0,1 bias relu arena+0, packed, packed -> arena+5017600 scratch arena+7526400; first of convolution.tiled, convolution.patches
6: jump 10 unless constant10
7: winograd 100x14x14x32 filter 3x3x32 padding 1,1,1,1 bias arena+5017600, packed, packed -> arena+0 scratch arena+2508800; first of winograd, convolution.tiled, convolution.patches
8: rescale -**+ 19600x32 arena+0, constant13, constant14, constant15, constant16, constant17 -> arena+0
9: jump 11
10: winograd 100x14x14x32 filter 3x3x32 padding 1,1,1,1 bias relu arena+5017600, packed, packed -> arena+0 scratch arena+2508800; first of winograd, convolution.tiled, convolution.patches
11: max_pool2d tensor<100x14x14x32xf32> window 2x2 arena+0 -> arena+2508800
12: jump 16 unless constant18
13: winograd 100x7x7x32 filter 3x3x64 padding 1,1,1,1 bias arena+2508800, packed, packed -> arena+0 scratch arena+1254400; first of winograd, convolution.tiled, convolution.patches
14: rescale -**+ 4900x64 arena+0, constant21, constant22, constant23, constant24, constant25 -> arena+0
15: jump 17
16: winograd 100x7x7x32 filter 3x3x64 padding 1,1,1,1 bias relu arena+2508800, packed, packed -> arena+0 scratch arena+1254400; first of winograd, convolution.tiled, convolution.patches
17: max_pool2d tensor<100x7x7x64xf32> window 2x2 arena+0 -> arena+1254400
18: matmul.tiled 100x576x64 bias relu arena+1254400, packed, packed -> arena+0; preferred of matmul.rows, matmul.tiled, xnnpack.fully_connected
19: matmul.tiled 100x64x10 bias arena+0, packed, packed -> arena+25600; preferred of matmul.rows, matmul.tiled, xnnpack.fully_connected
20: softmax 100x10 arena+25600 -> arena+0
arena 7543872 bytes (lower bound 7543872), literals 0 bytes, 0 jit functions in 0 bytes
// -----
// The network that is trained, as it predicts: its weights are inputs, so each run packs them.
//
// stage: plan
// file: models/train_digits/predict.jaxexport
// ---->
0: tile fusion convert divide input21 -> arena+10035200
1: move.transpose tensor<3x3x1x16xf32> -> tensor<16x3x3x1xf32> input1 -> arena+15329856
2: convolution.patches 200x28x28x1 filter 3x3x16 padding 1,1,1,1 then tiles add maximum arena+10035200, arena+15329856, input0 -> arena+0 scratch arena+10662400
3: move.transpose tensor<3x3x16x32xf32> -> tensor<32x3x3x16xf32> input2 -> arena+15343616
4: convolution.patches 200x28x28x16 filter 3x3x32 strides 2x2 padding 0,1,0,1 arena+0, arena+15343616 -> arena+10035200 scratch arena+15310848
5: tile fusion add rsqrt input12 -> arena+15310848
6: tile fusion subtract multiply multiply add maximum arena+10035200, input10, arena+15310848, input11, input9 -> arena+10035200
7: move.transpose tensor<3x3x32x32xf32> -> tensor<32x3x3x32xf32> input3 -> arena+5017600
8: convolution.patches 200x14x14x32 filter 3x3x32 padding 1,1,1,1 arena+10035200, arena+5017600 -> arena+0 scratch arena+15273984
9: tile fusion add rsqrt input16 -> arena+15366400
10: tile fusion subtract multiply multiply add maximum arena+0, input14, arena+15366400, input15, input13 -> arena+0
11: max_pool2d tensor<200x14x14x32xf32> window 2x2 arena+0 -> arena+5017600
12: move.transpose tensor<3x3x32x64xf32> -> tensor<64x3x3x32xf32> input4 -> arena+2508800
13: convolution.patches 200x7x7x32 filter 3x3x64 padding 1,1,1,1 arena+5017600, arena+2508800 -> arena+0 scratch arena+15200256
14: tile fusion add rsqrt input20 -> arena+15200256
15: tile fusion subtract multiply multiply add maximum arena+0, input18, arena+15200256, input19, input17 -> arena+0
16: max_pool2d tensor<200x7x7x64xf32> window 2x2 arena+0 -> arena+2508800
17: matmul.tiled_batch 1x200x576x64 then tiles add maximum arena+2508800, input6, input5 -> arena+15200256 scratch arena+0; preferred of matmul.few_rows, matmul.tiled_batch, xnnpack.batch_matmul
18: matmul.tiled_batch 1x200x64x10 then tiles add arena+15200256, input8, input7 -> arena+15251456 scratch arena+15259456; preferred of matmul.few_rows, matmul.tiled_batch, xnnpack.batch_matmul
arena 15366976 bytes (lower bound 15366976), literals 0 bytes, 0 jit functions in 0 bytes
// -----
// A step of its training.
//
// stage: plan
// file: models/train_digits/step.jaxexport
// ---->
0: tile fusion convert divide input37 -> arena+13996032
1: move.transpose tensor<3x3x1x16xf32> -> tensor<16x3x3x1xf32> input2 -> arena+14129152
2: convolution.patches 32x28x28x1 filter 3x3x16 padding 1,1,1,1 arena+13996032, arena+14129152 -> arena+1605632 scratch arena+14096384
3: tile fusion add maximum compare select compare select divide arena+1605632, input0 -> arena+1605632, arena+0
4: move.transpose tensor<3x3x16x32xf32> -> tensor<32x3x3x16xf32> input4 -> arena+14129152
5: convolution.patches 32x28x28x16 filter 3x3x32 strides 2x2 padding 0,1,0,1 arena+1605632, arena+14129152 -> arena+4014080 scratch arena+14096384
6: reduce add tensor<32x14x14x32xf32> over 0, 1, 2 arena+4014080, literal+64 -> arena+14173568 scratch arena+14096384
7: tile fusion divide multiply multiply add arena+14173568, input20 -> arena+14173440, input20
8: tile fusion divide arena+14173568 -> arena+14173568
9: tile fusion subtract multiply multiply arena+4014080, arena+14173568 -> arena+4816896, arena+3211264
10: reduce add tensor<32x14x14x32xf32> over 0, 1, 2 arena+4816896, literal+64 -> arena+14173312 scratch arena+14096384
11: tile fusion divide add rsqrt divide multiply multiply multiply add arena+14173312, input23 -> arena+14173312, arena+14173184, input23
12: tile fusion subtract multiply multiply add maximum compare select compare select divide arena+4014080, arena+14173440, arena+14173312, input21, input18 -> arena+4014080, arena+4816896, arena+6422528, arena+5619712
13: move.transpose tensor<3x3x32x32xf32> -> tensor<32x3x3x32xf32> input6 -> arena+14096384
14: convolution.patches 32x14x14x32 filter 3x3x32 padding 1,1,1,1 arena+6422528, arena+14096384 -> arena+8028160 scratch arena+14133248
15: reduce add tensor<32x14x14x32xf32> over 0, 1, 2 arena+8028160, literal+64 -> arena+14173440 scratch arena+14096384
16: tile fusion divide multiply multiply add arena+14173440, input26 -> arena+14096384, input26
17: tile fusion divide arena+14173440 -> arena+14173440
18: tile fusion subtract multiply multiply arena+8028160, arena+14173440 -> arena+8830976, arena+7225344
19: reduce add tensor<32x14x14x32xf32> over 0, 1, 2 arena+8830976, literal+64 -> arena+14173568 scratch arena+14096512
20: tile fusion divide add rsqrt divide multiply multiply multiply add arena+14173568, input29 -> arena+14173568, arena+14173440, input29
21: tile fusion subtract multiply multiply add maximum compare select compare select divide arena+8028160, arena+14096384, arena+14173568, input27, input24 -> arena+8028160, arena+8830976, arena+10436608, arena+9633792
22: max_pool2d tensor<32x14x14x32xf32> window 2x2 arena+10436608 -> arena+13647872
23: move.transpose tensor<3x3x32x64xf32> -> tensor<64x3x3x32xf32> input8 -> arena+14096384
24: convolution.patches 32x7x7x32 filter 3x3x64 padding 1,1,1,1 arena+13647872, arena+14096384 -> arena+11640832 scratch arena+13848576
25: reduce add tensor<32x7x7x64xf32> over 0, 1, 2 arena+11640832, literal+64 -> arena+14096640 scratch arena+14096896
26: tile fusion divide multiply multiply add arena+14096640, input32 -> arena+14096384, input32
27: tile fusion divide arena+14096640 -> arena+14096640
28: tile fusion subtract multiply multiply arena+11640832, arena+14096640 -> arena+12042240, arena+11239424
29: reduce add tensor<32x7x7x64xf32> over 0, 1, 2 arena+12042240, literal+64 -> arena+14172928 scratch arena+14096640
30: tile fusion divide add rsqrt divide multiply multiply multiply add arena+14172928, input35 -> arena+14172928, arena+14172672, input35
31: tile fusion subtract multiply multiply add maximum compare select compare select divide arena+11640832, arena+14096384, arena+14172928, input33, input30 -> arena+11640832, arena+12042240, arena+12845056, arena+12443648
32: max_pool2d tensor<32x7x7x64xf32> window 2x2 arena+12845056 -> arena+13322496
33: matmul.tiled_batch 1x32x576x64 arena+13322496, input12 -> arena+14096384 scratch arena+13396224; preferred of matmul.few_rows, matmul.tiled_batch, xnnpack.batch_matmul
34: tile fusion add maximum compare select compare select divide arena+14096384, input10 -> arena+14096384, arena+14113024
35: matmul.tiled_batch 1x32x64x10 then tiles add arena+14096384, input16, input14 -> arena+14108736 scratch arena+14104576; preferred of matmul.few_rows, matmul.tiled_batch, xnnpack.batch_matmul
36: reduce maximum tensor<32x10xf32> over 1 arena+14108736, literal+0 -> arena+14110016
37: tile fusion subtract exponential arena+14108736, arena+14110016 -> arena+14108736, arena+14121216
38: reduce add tensor<32x10xf32> over 1 arena+14121216, literal+64 -> arena+14112576
39: tile fusion log arena+14112576 -> arena+14112704
40: tile fusion compare convert multiply add subtract multiply multiply negate input38, literal+128, arena+14108736, arena+14112704 -> arena+14108736, arena+14110016, arena+14111296
41: reduce add tensor<32x10xf32> over 1 arena+14108736, literal+64 -> arena+14112704
42: reduce add tensor<32xf32> over 0 arena+14112704, literal+64 -> arena+14173696
43: tile fusion multiply negate arena+14173696 -> arena+14173696
44: reduce add tensor<32x10xf32> over 1 arena+14111296, literal+64 -> arena+14112704
45: tile fusion divide arena+14112704, arena+14112576 -> arena+14112704
46: tile fusion add arena+14112704 -> arena+14112704
47: tile fusion multiply add arena+14112704, arena+14121216, arena+14110016 -> arena+14121216
48: reduce add tensor<32x10xf32> over 0 arena+14121216, literal+64 -> arena+14104576
49: tile fusion convert multiply divide cosine add multiply input36 -> arena+14173760
50: tile fusion add multiply add multiply subtract arena+14104576, input15, arena+14173760, input14 -> input15, input14
51: move.transpose tensor<32x10xf32> -> tensor<10x32xf32> arena+14121216 -> arena+14122496
52: matmul.tiled_batch 1x10x32x64 arena+14122496, arena+14096384 -> arena+14170112 scratch arena+14104576; preferred of matmul.few_rows, matmul.tiled_batch, xnnpack.batch_matmul
53: matmul.tiled_batch 1x32x10x64 transposed then tiles multiply arena+14121216, input16, arena+14113024 -> arena+13396224 scratch arena+14096384; preferred of matmul.few_rows, matmul.tiled_batch, xnnpack.batch_matmul
54: reduce add tensor<32x64xf32> over 0 arena+13396224, literal+64 -> arena+14096384
55: tile fusion add multiply add multiply subtract arena+14096384, input11, arena+14173760, input10 -> input11, input10
56: move.transpose tensor<32x64xf32> -> tensor<64x32xf32> arena+13396224 -> arena+14096384
57: matmul.tiled_batch 1x64x32x576 arena+14096384, arena+13322496 -> arena+13848576 scratch arena+13246464; preferred of matmul.few_rows, matmul.tiled_batch, xnnpack.batch_matmul
58: matmul.tiled_batch 1x32x64x576 transposed arena+13396224, input12 -> arena+14096384 scratch arena+13246464; preferred of matmul.few_rows, matmul.tiled_batch, xnnpack.batch_matmul
59: move.pad tensor<32x7x7x64xf32> -> tensor<32x7x7x64xf32> arena+12845056, literal+0 -> arena+13246464
60: pool_gradient tensor<32x3x3x64xf32> into tensor<32x7x7x64xf32> by 1, 2, 2, 1 arena+13246464, arena+14096384, literal+64 -> arena+12845056; first of pool_gradient, tiles
61: tile fusion multiply multiply multiply multiply multiply negate arena+12845056, arena+12443648, arena+12042240, input33, arena+11640832, arena+14172928 -> arena+12845056, arena+12443648, arena+12042240, arena+11640832, arena+13246464
62: reduce add tensor<32x7x7x64xf32> over 0, 1, 2 arena+12845056, literal+64 -> arena+14172928 scratch arena+14096384
63: tile fusion add multiply add multiply subtract arena+14172928, input31, arena+14173760, input30 -> input31, input30
64: reduce add tensor<32x7x7x64xf32> over 0, 1, 2 arena+12443648, literal+64 -> arena+14172928 scratch arena+14096384
65: tile fusion add multiply add multiply subtract arena+14172928, input34, arena+14173760, input33 -> input34, input33
66: reduce add tensor<32x7x7x64xf32> over 0, 1, 2 arena+12042240, literal+64 -> arena+14172928 scratch arena+14096384
67: tile fusion add multiply divide arena+14172928, arena+14172672 -> arena+14172928
68: reduce add tensor<32x7x7x64xf32> over 0, 1, 2 arena+13246464, literal+64 -> arena+14172672 scratch arena+14096384
69: tile fusion add divide arena+14172672 -> arena+14172672
70: tile fusion multiply negate arena+14172928, arena+11239424 -> arena+11239424, arena+12042240
71: reduce add tensor<32x7x7x64xf32> over 0, 1, 2 arena+12042240, literal+64 -> arena+14172928 scratch arena+14096384
72: tile fusion divide arena+14172928 -> arena+14172928
73: tile fusion add arena+14172928 -> arena+14172928
74: tile fusion add add add arena+11239424, arena+14172928, arena+11640832, arena+14172672 -> arena+11239424
75: move.transpose tensor<32x7x7x32xf32> -> tensor<32x7x7x32xf32> arena+13647872 -> arena+12042240
76: move.transpose tensor<32x7x7x64xf32> -> tensor<64x7x7x32xf32> arena+11239424 -> arena+11640832
77: convolution.patches 32x7x7x32 filter 7x7x64 padding 1,1,1,1 arena+12042240, arena+11640832 -> arena+14096384 scratch arena+12242944
78: move.reverse tensor<3x3x32x64xf32> -> tensor<3x3x32x64xf32> input8 -> arena+11714560
79: move.transpose tensor<3x3x32x64xf32> -> tensor<32x3x3x64xf32> arena+11714560 -> arena+11640832
80: convolution.patches 32x7x7x64 filter 3x3x32 padding 1,1,1,1 arena+11239424, arena+11640832 -> arena+12042240 scratch arena+11714560
81: move.pad tensor<32x14x14x32xf32> -> tensor<32x14x14x32xf32> arena+10436608, literal+0 -> arena+11239424
82: pool_gradient tensor<32x7x7x32xf32> into tensor<32x14x14x32xf32> by 1, 2, 2, 1 arena+11239424, arena+12042240, literal+64 -> arena+10436608; first of pool_gradient, tiles
83: tile fusion multiply multiply multiply multiply multiply negate arena+10436608, arena+9633792, arena+8830976, input27, arena+8028160, arena+14173568 -> arena+10436608, arena+9633792, arena+8830976, arena+8028160, arena+11239424
84: reduce add tensor<32x14x14x32xf32> over 0, 1, 2 arena+10436608, literal+64 -> arena+14173568 scratch arena+12042240
85: tile fusion add multiply add multiply subtract arena+14173568, input25, arena+14173760, input24 -> input25, input24
86: reduce add tensor<32x14x14x32xf32> over 0, 1, 2 arena+9633792, literal+64 -> arena+14173568 scratch arena+10436608
87: tile fusion add multiply add multiply subtract arena+14173568, input28, arena+14173760, input27 -> input28, input27
88: reduce add tensor<32x14x14x32xf32> over 0, 1, 2 arena+8830976, literal+64 -> arena+14173568 scratch arena+9633792
89: tile fusion add multiply divide arena+14173568, arena+14173440 -> arena+14173568
90: reduce add tensor<32x14x14x32xf32> over 0, 1, 2 arena+11239424, literal+64 -> arena+14173440 scratch arena+12042240
91: tile fusion add divide arena+14173440 -> arena+14173440
92: tile fusion multiply negate arena+14173568, arena+7225344 -> arena+7225344, arena+8830976
93: reduce add tensor<32x14x14x32xf32> over 0, 1, 2 arena+8830976, literal+64 -> arena+14173568 scratch arena+9633792
94: tile fusion divide arena+14173568 -> arena+14173568
95: tile fusion add arena+14173568 -> arena+14173568
96: tile fusion add add add arena+7225344, arena+14173568, arena+8028160, arena+14173440 -> arena+7225344
97: move.transpose tensor<32x14x14x32xf32> -> tensor<32x14x14x32xf32> arena+6422528 -> arena+8028160
98: move.transpose tensor<32x14x14x32xf32> -> tensor<32x14x14x32xf32> arena+7225344 -> arena+6422528
99: convolution.patches 32x14x14x32 filter 14x14x32 padding 1,1,1,1 arena+8028160, arena+6422528 -> arena+8830976 scratch arena+8867840
100: move.reverse tensor<3x3x32x32xf32> -> tensor<3x3x32x32xf32> input6 -> arena+8065024
101: move.transpose tensor<3x3x32x32xf32> -> tensor<32x3x3x32xf32> arena+8065024 -> arena+8028160
102: convolution.patches 32x14x14x32 filter 3x3x32 padding 1,1,1,1 arena+7225344, arena+8028160 -> arena+6422528 scratch arena+8065024
103: tile fusion multiply multiply multiply multiply multiply negate arena+6422528, arena+5619712, arena+4816896, input21, arena+4014080, arena+14173312 -> arena+6422528, arena+5619712, arena+4816896, arena+4014080, arena+7225344
104: reduce add tensor<32x14x14x32xf32> over 0, 1, 2 arena+6422528, literal+64 -> arena+14173312 scratch arena+8028160
105: tile fusion add multiply add multiply subtract arena+14173312, input19, arena+14173760, input18 -> input19, input18
106: reduce add tensor<32x14x14x32xf32> over 0, 1, 2 arena+5619712, literal+64 -> arena+14173312 scratch arena+6422528
107: tile fusion add multiply add multiply subtract arena+14173312, input22, arena+14173760, input21 -> input22, input21
108: reduce add tensor<32x14x14x32xf32> over 0, 1, 2 arena+4816896, literal+64 -> arena+14173312 scratch arena+8028160
109: tile fusion add multiply divide arena+14173312, arena+14173184 -> arena+14173312
110: reduce add tensor<32x14x14x32xf32> over 0, 1, 2 arena+7225344, literal+64 -> arena+14173440 scratch arena+8028160
111: tile fusion add divide arena+14173440 -> arena+14173440
112: tile fusion multiply negate arena+14173312, arena+3211264 -> arena+3211264, arena+4816896
113: reduce add tensor<32x14x14x32xf32> over 0, 1, 2 arena+4816896, literal+64 -> arena+14173568 scratch arena+5619712
114: tile fusion divide arena+14173568 -> arena+14173568
115: tile fusion add arena+14173568 -> arena+14173568
116: tile fusion add add add arena+3211264, arena+14173568, arena+4014080, arena+14173440 -> arena+3211264
117: move.transpose tensor<32x28x28x16xf32> -> tensor<16x28x28x32xf32> arena+1605632 -> arena+4014080
118: move.transpose tensor<32x14x14x32xf32> -> tensor<32x14x14x32xf32> arena+3211264 -> arena+1605632
119: convolution.patches 16x28x28x32 filter 14x14x32 dilation 2x2 padding 0,1,0,1 arena+4014080, arena+1605632 -> arena+2441216 scratch arena+2408448
120: move.reverse tensor<3x3x16x32xf32> -> tensor<3x3x16x32xf32> input4 -> arena+2408448
121: move.slice tensor<3x3x16x32xf32> -> tensor<2x3x16x32xf32> arena+2408448 -> arena+2426880
122: move.slice tensor<2x3x16x32xf32> -> tensor<2x2x16x32xf32> arena+2426880 -> arena+2902016
123: move.transpose tensor<2x2x16x32xf32> -> tensor<16x2x2x32xf32> arena+2902016 -> arena+2893824
124: convolution.patches 32x14x14x32 filter 2x2x16 padding 1,0,1,0 arena+3211264, arena+2893824 -> arena+2459648 scratch arena+2861056
125: move.slice tensor<2x3x16x32xf32> -> tensor<2x1x16x32xf32> arena+2426880 -> arena+2861056
126: move.transpose tensor<2x1x16x32xf32> -> tensor<16x2x1x32xf32> arena+2861056 -> arena+2426880
127: convolution.patches 32x14x14x32 filter 2x1x16 padding 1,0,0,0 arena+3211264, arena+2426880 -> arena+4014080 scratch arena+2861056
128: move.concatenate tensor<32x14x14x1x16xf32> -> tensor<32x14x14x2x16xf32> arena+2459648, arena+4014080 -> arena+1605632
129: move.slice tensor<3x3x16x32xf32> -> tensor<1x3x16x32xf32> arena+2408448 -> arena+2863104
130: move.slice tensor<1x3x16x32xf32> -> tensor<1x2x16x32xf32> arena+2863104 -> arena+2408448
131: move.transpose tensor<1x2x16x32xf32> -> tensor<16x1x2x32xf32> arena+2408448 -> arena+2869248
132: convolution.patches 32x14x14x32 filter 1x2x16 padding 0,0,1,0 arena+3211264, arena+2869248 -> arena+2459648 scratch arena+2408448
133: move.slice tensor<1x3x16x32xf32> -> tensor<1x1x16x32xf32> arena+2863104 -> arena+2861056
134: convolution.patches 32x14x14x32 filter 1x1x16 arena+3211264, arena+2861056 -> arena+8867840 scratch arena+2408448
135: move.concatenate tensor<32x14x14x1x16xf32> -> tensor<32x14x14x2x16xf32> arena+2459648, arena+8867840 -> arena+10473472
136: move.concatenate tensor<32x14x1x28x16xf32> -> tensor<32x14x2x28x16xf32> arena+1605632, arena+10473472 -> arena+8867840
137: tile fusion multiply arena+8867840, arena+0 -> arena+8867840
138: reduce add tensor<32x28x28x16xf32> over 0, 1, 2 arena+8867840, literal+64 -> arena+14172672 scratch arena+0
139: tile fusion add multiply add multiply subtract arena+14172672, input1, arena+14173760, input0 -> input1, input0
140: move.transpose tensor<32x28x28x1xf32> -> tensor<1x28x28x32xf32> arena+13996032 -> arena+1605632
141: move.transpose tensor<32x28x28x16xf32> -> tensor<16x28x28x32xf32> arena+8867840 -> arena+0
142: convolution.patches 1x28x28x32 filter 28x28x16 padding 1,1,1,1 arena+1605632, arena+0 -> arena+14172672 scratch arena+13996032
143: tile fusion add input36 -> input36
144: tile fusion multiply add multiply subtract input3, arena+14172672, arena+14173760, input2 -> input3, input2
145: move.transpose tensor<16x3x3x32xf32> -> tensor<3x3x16x32xf32> arena+2441216 -> arena+13996032
146: tile fusion multiply add multiply subtract input5, arena+13996032, arena+14173760, input4 -> input5, input4
147: move.transpose tensor<32x3x3x32xf32> -> tensor<3x3x32x32xf32> arena+8830976 -> arena+13996032
148: tile fusion multiply add multiply subtract input7, arena+13996032, arena+14173760, input6 -> input7, input6
149: move.transpose tensor<32x3x3x64xf32> -> tensor<3x3x32x64xf32> arena+14096384 -> arena+13996032
150: tile fusion multiply add multiply subtract input9, arena+13996032, arena+14173760, input8 -> input9, input8
151: move.transpose tensor<64x576xf32> -> tensor<576x64xf32> arena+13848576 -> arena+13996032
152: tile fusion multiply add multiply subtract input13, arena+13996032, arena+14173760, input12 -> input13, input12
153: move.transpose tensor<10x64xf32> -> tensor<64x10xf32> arena+14170112 -> arena+0
154: tile fusion multiply add multiply subtract input17, arena+0, arena+14173760, input16 -> input17, input16
arena 14173824 bytes (lower bound 14173824), literals 448 bytes, 0 jit functions in 0 bytes
