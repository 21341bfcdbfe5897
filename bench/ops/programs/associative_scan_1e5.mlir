// SPDX-License-Identifier: Apache-2.0
module @jit__lambda attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<100000xf32>, %arg1: tensor<100000xf32>) -> (tensor<100000xf32> {jax.result_info = "result[0]"}, tensor<100000xf32> {jax.result_info = "result[1]"}) {
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %0 = stablehlo.slice %arg0 [0:99999:2] : (tensor<100000xf32>) -> tensor<50000xf32>
    %1 = stablehlo.slice %arg1 [0:99999:2] : (tensor<100000xf32>) -> tensor<50000xf32>
    %2 = stablehlo.slice %arg0 [1:100000:2] : (tensor<100000xf32>) -> tensor<50000xf32>
    %3 = stablehlo.slice %arg1 [1:100000:2] : (tensor<100000xf32>) -> tensor<50000xf32>
    %4 = stablehlo.multiply %0, %2 : tensor<50000xf32>
    %5 = stablehlo.multiply %2, %1 : tensor<50000xf32>
    %6 = stablehlo.add %5, %3 : tensor<50000xf32>
    %7 = stablehlo.slice %4 [0:49999:2] : (tensor<50000xf32>) -> tensor<25000xf32>
    %8 = stablehlo.slice %6 [0:49999:2] : (tensor<50000xf32>) -> tensor<25000xf32>
    %9 = stablehlo.slice %4 [1:50000:2] : (tensor<50000xf32>) -> tensor<25000xf32>
    %10 = stablehlo.slice %6 [1:50000:2] : (tensor<50000xf32>) -> tensor<25000xf32>
    %11 = stablehlo.multiply %7, %9 : tensor<25000xf32>
    %12 = stablehlo.multiply %9, %8 : tensor<25000xf32>
    %13 = stablehlo.add %12, %10 : tensor<25000xf32>
    %14 = stablehlo.slice %11 [0:24999:2] : (tensor<25000xf32>) -> tensor<12500xf32>
    %15 = stablehlo.slice %13 [0:24999:2] : (tensor<25000xf32>) -> tensor<12500xf32>
    %16 = stablehlo.slice %11 [1:25000:2] : (tensor<25000xf32>) -> tensor<12500xf32>
    %17 = stablehlo.slice %13 [1:25000:2] : (tensor<25000xf32>) -> tensor<12500xf32>
    %18 = stablehlo.multiply %14, %16 : tensor<12500xf32>
    %19 = stablehlo.multiply %16, %15 : tensor<12500xf32>
    %20 = stablehlo.add %19, %17 : tensor<12500xf32>
    %21 = stablehlo.slice %18 [0:12499:2] : (tensor<12500xf32>) -> tensor<6250xf32>
    %22 = stablehlo.slice %20 [0:12499:2] : (tensor<12500xf32>) -> tensor<6250xf32>
    %23 = stablehlo.slice %18 [1:12500:2] : (tensor<12500xf32>) -> tensor<6250xf32>
    %24 = stablehlo.slice %20 [1:12500:2] : (tensor<12500xf32>) -> tensor<6250xf32>
    %25 = stablehlo.multiply %21, %23 : tensor<6250xf32>
    %26 = stablehlo.multiply %23, %22 : tensor<6250xf32>
    %27 = stablehlo.add %26, %24 : tensor<6250xf32>
    %28 = stablehlo.slice %25 [0:6249:2] : (tensor<6250xf32>) -> tensor<3125xf32>
    %29 = stablehlo.slice %27 [0:6249:2] : (tensor<6250xf32>) -> tensor<3125xf32>
    %30 = stablehlo.slice %25 [1:6250:2] : (tensor<6250xf32>) -> tensor<3125xf32>
    %31 = stablehlo.slice %27 [1:6250:2] : (tensor<6250xf32>) -> tensor<3125xf32>
    %32 = stablehlo.multiply %28, %30 : tensor<3125xf32>
    %33 = stablehlo.multiply %30, %29 : tensor<3125xf32>
    %34 = stablehlo.add %33, %31 : tensor<3125xf32>
    %35 = stablehlo.slice %32 [0:3124:2] : (tensor<3125xf32>) -> tensor<1562xf32>
    %36 = stablehlo.slice %34 [0:3124:2] : (tensor<3125xf32>) -> tensor<1562xf32>
    %37 = stablehlo.slice %32 [1:3125:2] : (tensor<3125xf32>) -> tensor<1562xf32>
    %38 = stablehlo.slice %34 [1:3125:2] : (tensor<3125xf32>) -> tensor<1562xf32>
    %39 = stablehlo.multiply %35, %37 : tensor<1562xf32>
    %40 = stablehlo.multiply %37, %36 : tensor<1562xf32>
    %41 = stablehlo.add %40, %38 : tensor<1562xf32>
    %42 = stablehlo.slice %39 [0:1561:2] : (tensor<1562xf32>) -> tensor<781xf32>
    %43 = stablehlo.slice %41 [0:1561:2] : (tensor<1562xf32>) -> tensor<781xf32>
    %44 = stablehlo.slice %39 [1:1562:2] : (tensor<1562xf32>) -> tensor<781xf32>
    %45 = stablehlo.slice %41 [1:1562:2] : (tensor<1562xf32>) -> tensor<781xf32>
    %46 = stablehlo.multiply %42, %44 : tensor<781xf32>
    %47 = stablehlo.multiply %44, %43 : tensor<781xf32>
    %48 = stablehlo.add %47, %45 : tensor<781xf32>
    %49 = stablehlo.slice %46 [0:780:2] : (tensor<781xf32>) -> tensor<390xf32>
    %50 = stablehlo.slice %48 [0:780:2] : (tensor<781xf32>) -> tensor<390xf32>
    %51 = stablehlo.slice %46 [1:781:2] : (tensor<781xf32>) -> tensor<390xf32>
    %52 = stablehlo.slice %48 [1:781:2] : (tensor<781xf32>) -> tensor<390xf32>
    %53 = stablehlo.multiply %49, %51 : tensor<390xf32>
    %54 = stablehlo.multiply %51, %50 : tensor<390xf32>
    %55 = stablehlo.add %54, %52 : tensor<390xf32>
    %56 = stablehlo.slice %53 [0:389:2] : (tensor<390xf32>) -> tensor<195xf32>
    %57 = stablehlo.slice %55 [0:389:2] : (tensor<390xf32>) -> tensor<195xf32>
    %58 = stablehlo.slice %53 [1:390:2] : (tensor<390xf32>) -> tensor<195xf32>
    %59 = stablehlo.slice %55 [1:390:2] : (tensor<390xf32>) -> tensor<195xf32>
    %60 = stablehlo.multiply %56, %58 : tensor<195xf32>
    %61 = stablehlo.multiply %58, %57 : tensor<195xf32>
    %62 = stablehlo.add %61, %59 : tensor<195xf32>
    %63 = stablehlo.slice %60 [0:194:2] : (tensor<195xf32>) -> tensor<97xf32>
    %64 = stablehlo.slice %62 [0:194:2] : (tensor<195xf32>) -> tensor<97xf32>
    %65 = stablehlo.slice %60 [1:195:2] : (tensor<195xf32>) -> tensor<97xf32>
    %66 = stablehlo.slice %62 [1:195:2] : (tensor<195xf32>) -> tensor<97xf32>
    %67 = stablehlo.multiply %63, %65 : tensor<97xf32>
    %68 = stablehlo.multiply %65, %64 : tensor<97xf32>
    %69 = stablehlo.add %68, %66 : tensor<97xf32>
    %70 = stablehlo.slice %67 [0:96:2] : (tensor<97xf32>) -> tensor<48xf32>
    %71 = stablehlo.slice %69 [0:96:2] : (tensor<97xf32>) -> tensor<48xf32>
    %72 = stablehlo.slice %67 [1:97:2] : (tensor<97xf32>) -> tensor<48xf32>
    %73 = stablehlo.slice %69 [1:97:2] : (tensor<97xf32>) -> tensor<48xf32>
    %74 = stablehlo.multiply %70, %72 : tensor<48xf32>
    %75 = stablehlo.multiply %72, %71 : tensor<48xf32>
    %76 = stablehlo.add %75, %73 : tensor<48xf32>
    %77 = stablehlo.slice %74 [0:47:2] : (tensor<48xf32>) -> tensor<24xf32>
    %78 = stablehlo.slice %76 [0:47:2] : (tensor<48xf32>) -> tensor<24xf32>
    %79 = stablehlo.slice %74 [1:48:2] : (tensor<48xf32>) -> tensor<24xf32>
    %80 = stablehlo.slice %76 [1:48:2] : (tensor<48xf32>) -> tensor<24xf32>
    %81 = stablehlo.multiply %77, %79 : tensor<24xf32>
    %82 = stablehlo.multiply %79, %78 : tensor<24xf32>
    %83 = stablehlo.add %82, %80 : tensor<24xf32>
    %84 = stablehlo.slice %81 [0:23:2] : (tensor<24xf32>) -> tensor<12xf32>
    %85 = stablehlo.slice %83 [0:23:2] : (tensor<24xf32>) -> tensor<12xf32>
    %86 = stablehlo.slice %81 [1:24:2] : (tensor<24xf32>) -> tensor<12xf32>
    %87 = stablehlo.slice %83 [1:24:2] : (tensor<24xf32>) -> tensor<12xf32>
    %88 = stablehlo.multiply %84, %86 : tensor<12xf32>
    %89 = stablehlo.multiply %86, %85 : tensor<12xf32>
    %90 = stablehlo.add %89, %87 : tensor<12xf32>
    %91 = stablehlo.slice %88 [0:11:2] : (tensor<12xf32>) -> tensor<6xf32>
    %92 = stablehlo.slice %90 [0:11:2] : (tensor<12xf32>) -> tensor<6xf32>
    %93 = stablehlo.slice %88 [1:12:2] : (tensor<12xf32>) -> tensor<6xf32>
    %94 = stablehlo.slice %90 [1:12:2] : (tensor<12xf32>) -> tensor<6xf32>
    %95 = stablehlo.multiply %91, %93 : tensor<6xf32>
    %96 = stablehlo.multiply %93, %92 : tensor<6xf32>
    %97 = stablehlo.add %96, %94 : tensor<6xf32>
    %98 = stablehlo.slice %95 [0:5:2] : (tensor<6xf32>) -> tensor<3xf32>
    %99 = stablehlo.slice %97 [0:5:2] : (tensor<6xf32>) -> tensor<3xf32>
    %100 = stablehlo.slice %95 [1:6:2] : (tensor<6xf32>) -> tensor<3xf32>
    %101 = stablehlo.slice %97 [1:6:2] : (tensor<6xf32>) -> tensor<3xf32>
    %102 = stablehlo.multiply %98, %100 : tensor<3xf32>
    %103 = stablehlo.multiply %100, %99 : tensor<3xf32>
    %104 = stablehlo.add %103, %101 : tensor<3xf32>
    %105 = stablehlo.slice %102 [0:2:2] : (tensor<3xf32>) -> tensor<1xf32>
    %106 = stablehlo.slice %104 [0:2:2] : (tensor<3xf32>) -> tensor<1xf32>
    %107 = stablehlo.slice %102 [1:3:2] : (tensor<3xf32>) -> tensor<1xf32>
    %108 = stablehlo.slice %104 [1:3:2] : (tensor<3xf32>) -> tensor<1xf32>
    %109 = stablehlo.multiply %105, %107 : tensor<1xf32>
    %110 = stablehlo.multiply %107, %106 : tensor<1xf32>
    %111 = stablehlo.add %110, %108 : tensor<1xf32>
    %112 = stablehlo.slice %102 [2:3:2] : (tensor<3xf32>) -> tensor<1xf32>
    %113 = stablehlo.slice %104 [2:3:2] : (tensor<3xf32>) -> tensor<1xf32>
    %114 = stablehlo.multiply %109, %112 : tensor<1xf32>
    %115 = stablehlo.multiply %112, %111 : tensor<1xf32>
    %116 = stablehlo.add %115, %113 : tensor<1xf32>
    %117 = stablehlo.slice %102 [0:1] : (tensor<3xf32>) -> tensor<1xf32>
    %118 = stablehlo.concatenate %117, %114, dim = 0 : (tensor<1xf32>, tensor<1xf32>) -> tensor<2xf32>
    %119 = stablehlo.slice %104 [0:1] : (tensor<3xf32>) -> tensor<1xf32>
    %120 = stablehlo.concatenate %119, %116, dim = 0 : (tensor<1xf32>, tensor<1xf32>) -> tensor<2xf32>
    %121 = stablehlo.pad %118, %cst, low = [0], high = [0], interior = [1] : (tensor<2xf32>, tensor<f32>) -> tensor<3xf32>
    %122 = stablehlo.pad %109, %cst, low = [1], high = [1], interior = [1] : (tensor<1xf32>, tensor<f32>) -> tensor<3xf32>
    %123 = stablehlo.add %121, %122 : tensor<3xf32>
    %124 = stablehlo.pad %120, %cst, low = [0], high = [0], interior = [1] : (tensor<2xf32>, tensor<f32>) -> tensor<3xf32>
    %125 = stablehlo.pad %111, %cst, low = [1], high = [1], interior = [1] : (tensor<1xf32>, tensor<f32>) -> tensor<3xf32>
    %126 = stablehlo.add %124, %125 : tensor<3xf32>
    %127 = stablehlo.slice %123 [0:2] : (tensor<3xf32>) -> tensor<2xf32>
    %128 = stablehlo.slice %126 [0:2] : (tensor<3xf32>) -> tensor<2xf32>
    %129 = stablehlo.slice %95 [2:6:2] : (tensor<6xf32>) -> tensor<2xf32>
    %130 = stablehlo.slice %97 [2:6:2] : (tensor<6xf32>) -> tensor<2xf32>
    %131 = stablehlo.multiply %127, %129 : tensor<2xf32>
    %132 = stablehlo.multiply %129, %128 : tensor<2xf32>
    %133 = stablehlo.add %132, %130 : tensor<2xf32>
    %134 = stablehlo.slice %95 [0:1] : (tensor<6xf32>) -> tensor<1xf32>
    %135 = stablehlo.concatenate %134, %131, dim = 0 : (tensor<1xf32>, tensor<2xf32>) -> tensor<3xf32>
    %136 = stablehlo.slice %97 [0:1] : (tensor<6xf32>) -> tensor<1xf32>
    %137 = stablehlo.concatenate %136, %133, dim = 0 : (tensor<1xf32>, tensor<2xf32>) -> tensor<3xf32>
    %138 = stablehlo.pad %135, %cst, low = [0], high = [1], interior = [1] : (tensor<3xf32>, tensor<f32>) -> tensor<6xf32>
    %139 = stablehlo.pad %123, %cst, low = [1], high = [0], interior = [1] : (tensor<3xf32>, tensor<f32>) -> tensor<6xf32>
    %140 = stablehlo.add %138, %139 : tensor<6xf32>
    %141 = stablehlo.pad %137, %cst, low = [0], high = [1], interior = [1] : (tensor<3xf32>, tensor<f32>) -> tensor<6xf32>
    %142 = stablehlo.pad %126, %cst, low = [1], high = [0], interior = [1] : (tensor<3xf32>, tensor<f32>) -> tensor<6xf32>
    %143 = stablehlo.add %141, %142 : tensor<6xf32>
    %144 = stablehlo.slice %140 [0:5] : (tensor<6xf32>) -> tensor<5xf32>
    %145 = stablehlo.slice %143 [0:5] : (tensor<6xf32>) -> tensor<5xf32>
    %146 = stablehlo.slice %88 [2:12:2] : (tensor<12xf32>) -> tensor<5xf32>
    %147 = stablehlo.slice %90 [2:12:2] : (tensor<12xf32>) -> tensor<5xf32>
    %148 = stablehlo.multiply %144, %146 : tensor<5xf32>
    %149 = stablehlo.multiply %146, %145 : tensor<5xf32>
    %150 = stablehlo.add %149, %147 : tensor<5xf32>
    %151 = stablehlo.slice %88 [0:1] : (tensor<12xf32>) -> tensor<1xf32>
    %152 = stablehlo.concatenate %151, %148, dim = 0 : (tensor<1xf32>, tensor<5xf32>) -> tensor<6xf32>
    %153 = stablehlo.slice %90 [0:1] : (tensor<12xf32>) -> tensor<1xf32>
    %154 = stablehlo.concatenate %153, %150, dim = 0 : (tensor<1xf32>, tensor<5xf32>) -> tensor<6xf32>
    %155 = stablehlo.pad %152, %cst, low = [0], high = [1], interior = [1] : (tensor<6xf32>, tensor<f32>) -> tensor<12xf32>
    %156 = stablehlo.pad %140, %cst, low = [1], high = [0], interior = [1] : (tensor<6xf32>, tensor<f32>) -> tensor<12xf32>
    %157 = stablehlo.add %155, %156 : tensor<12xf32>
    %158 = stablehlo.pad %154, %cst, low = [0], high = [1], interior = [1] : (tensor<6xf32>, tensor<f32>) -> tensor<12xf32>
    %159 = stablehlo.pad %143, %cst, low = [1], high = [0], interior = [1] : (tensor<6xf32>, tensor<f32>) -> tensor<12xf32>
    %160 = stablehlo.add %158, %159 : tensor<12xf32>
    %161 = stablehlo.slice %157 [0:11] : (tensor<12xf32>) -> tensor<11xf32>
    %162 = stablehlo.slice %160 [0:11] : (tensor<12xf32>) -> tensor<11xf32>
    %163 = stablehlo.slice %81 [2:24:2] : (tensor<24xf32>) -> tensor<11xf32>
    %164 = stablehlo.slice %83 [2:24:2] : (tensor<24xf32>) -> tensor<11xf32>
    %165 = stablehlo.multiply %161, %163 : tensor<11xf32>
    %166 = stablehlo.multiply %163, %162 : tensor<11xf32>
    %167 = stablehlo.add %166, %164 : tensor<11xf32>
    %168 = stablehlo.slice %81 [0:1] : (tensor<24xf32>) -> tensor<1xf32>
    %169 = stablehlo.concatenate %168, %165, dim = 0 : (tensor<1xf32>, tensor<11xf32>) -> tensor<12xf32>
    %170 = stablehlo.slice %83 [0:1] : (tensor<24xf32>) -> tensor<1xf32>
    %171 = stablehlo.concatenate %170, %167, dim = 0 : (tensor<1xf32>, tensor<11xf32>) -> tensor<12xf32>
    %172 = stablehlo.pad %169, %cst, low = [0], high = [1], interior = [1] : (tensor<12xf32>, tensor<f32>) -> tensor<24xf32>
    %173 = stablehlo.pad %157, %cst, low = [1], high = [0], interior = [1] : (tensor<12xf32>, tensor<f32>) -> tensor<24xf32>
    %174 = stablehlo.add %172, %173 : tensor<24xf32>
    %175 = stablehlo.pad %171, %cst, low = [0], high = [1], interior = [1] : (tensor<12xf32>, tensor<f32>) -> tensor<24xf32>
    %176 = stablehlo.pad %160, %cst, low = [1], high = [0], interior = [1] : (tensor<12xf32>, tensor<f32>) -> tensor<24xf32>
    %177 = stablehlo.add %175, %176 : tensor<24xf32>
    %178 = stablehlo.slice %174 [0:23] : (tensor<24xf32>) -> tensor<23xf32>
    %179 = stablehlo.slice %177 [0:23] : (tensor<24xf32>) -> tensor<23xf32>
    %180 = stablehlo.slice %74 [2:48:2] : (tensor<48xf32>) -> tensor<23xf32>
    %181 = stablehlo.slice %76 [2:48:2] : (tensor<48xf32>) -> tensor<23xf32>
    %182 = stablehlo.multiply %178, %180 : tensor<23xf32>
    %183 = stablehlo.multiply %180, %179 : tensor<23xf32>
    %184 = stablehlo.add %183, %181 : tensor<23xf32>
    %185 = stablehlo.slice %74 [0:1] : (tensor<48xf32>) -> tensor<1xf32>
    %186 = stablehlo.concatenate %185, %182, dim = 0 : (tensor<1xf32>, tensor<23xf32>) -> tensor<24xf32>
    %187 = stablehlo.slice %76 [0:1] : (tensor<48xf32>) -> tensor<1xf32>
    %188 = stablehlo.concatenate %187, %184, dim = 0 : (tensor<1xf32>, tensor<23xf32>) -> tensor<24xf32>
    %189 = stablehlo.pad %186, %cst, low = [0], high = [1], interior = [1] : (tensor<24xf32>, tensor<f32>) -> tensor<48xf32>
    %190 = stablehlo.pad %174, %cst, low = [1], high = [0], interior = [1] : (tensor<24xf32>, tensor<f32>) -> tensor<48xf32>
    %191 = stablehlo.add %189, %190 : tensor<48xf32>
    %192 = stablehlo.pad %188, %cst, low = [0], high = [1], interior = [1] : (tensor<24xf32>, tensor<f32>) -> tensor<48xf32>
    %193 = stablehlo.pad %177, %cst, low = [1], high = [0], interior = [1] : (tensor<24xf32>, tensor<f32>) -> tensor<48xf32>
    %194 = stablehlo.add %192, %193 : tensor<48xf32>
    %195 = stablehlo.slice %67 [2:97:2] : (tensor<97xf32>) -> tensor<48xf32>
    %196 = stablehlo.slice %69 [2:97:2] : (tensor<97xf32>) -> tensor<48xf32>
    %197 = stablehlo.multiply %191, %195 : tensor<48xf32>
    %198 = stablehlo.multiply %195, %194 : tensor<48xf32>
    %199 = stablehlo.add %198, %196 : tensor<48xf32>
    %200 = stablehlo.slice %67 [0:1] : (tensor<97xf32>) -> tensor<1xf32>
    %201 = stablehlo.concatenate %200, %197, dim = 0 : (tensor<1xf32>, tensor<48xf32>) -> tensor<49xf32>
    %202 = stablehlo.slice %69 [0:1] : (tensor<97xf32>) -> tensor<1xf32>
    %203 = stablehlo.concatenate %202, %199, dim = 0 : (tensor<1xf32>, tensor<48xf32>) -> tensor<49xf32>
    %204 = stablehlo.pad %201, %cst, low = [0], high = [0], interior = [1] : (tensor<49xf32>, tensor<f32>) -> tensor<97xf32>
    %205 = stablehlo.pad %191, %cst, low = [1], high = [1], interior = [1] : (tensor<48xf32>, tensor<f32>) -> tensor<97xf32>
    %206 = stablehlo.add %204, %205 : tensor<97xf32>
    %207 = stablehlo.pad %203, %cst, low = [0], high = [0], interior = [1] : (tensor<49xf32>, tensor<f32>) -> tensor<97xf32>
    %208 = stablehlo.pad %194, %cst, low = [1], high = [1], interior = [1] : (tensor<48xf32>, tensor<f32>) -> tensor<97xf32>
    %209 = stablehlo.add %207, %208 : tensor<97xf32>
    %210 = stablehlo.slice %60 [2:195:2] : (tensor<195xf32>) -> tensor<97xf32>
    %211 = stablehlo.slice %62 [2:195:2] : (tensor<195xf32>) -> tensor<97xf32>
    %212 = stablehlo.multiply %206, %210 : tensor<97xf32>
    %213 = stablehlo.multiply %210, %209 : tensor<97xf32>
    %214 = stablehlo.add %213, %211 : tensor<97xf32>
    %215 = stablehlo.slice %60 [0:1] : (tensor<195xf32>) -> tensor<1xf32>
    %216 = stablehlo.concatenate %215, %212, dim = 0 : (tensor<1xf32>, tensor<97xf32>) -> tensor<98xf32>
    %217 = stablehlo.slice %62 [0:1] : (tensor<195xf32>) -> tensor<1xf32>
    %218 = stablehlo.concatenate %217, %214, dim = 0 : (tensor<1xf32>, tensor<97xf32>) -> tensor<98xf32>
    %219 = stablehlo.pad %216, %cst, low = [0], high = [0], interior = [1] : (tensor<98xf32>, tensor<f32>) -> tensor<195xf32>
    %220 = stablehlo.pad %206, %cst, low = [1], high = [1], interior = [1] : (tensor<97xf32>, tensor<f32>) -> tensor<195xf32>
    %221 = stablehlo.add %219, %220 : tensor<195xf32>
    %222 = stablehlo.pad %218, %cst, low = [0], high = [0], interior = [1] : (tensor<98xf32>, tensor<f32>) -> tensor<195xf32>
    %223 = stablehlo.pad %209, %cst, low = [1], high = [1], interior = [1] : (tensor<97xf32>, tensor<f32>) -> tensor<195xf32>
    %224 = stablehlo.add %222, %223 : tensor<195xf32>
    %225 = stablehlo.slice %221 [0:194] : (tensor<195xf32>) -> tensor<194xf32>
    %226 = stablehlo.slice %224 [0:194] : (tensor<195xf32>) -> tensor<194xf32>
    %227 = stablehlo.slice %53 [2:390:2] : (tensor<390xf32>) -> tensor<194xf32>
    %228 = stablehlo.slice %55 [2:390:2] : (tensor<390xf32>) -> tensor<194xf32>
    %229 = stablehlo.multiply %225, %227 : tensor<194xf32>
    %230 = stablehlo.multiply %227, %226 : tensor<194xf32>
    %231 = stablehlo.add %230, %228 : tensor<194xf32>
    %232 = stablehlo.slice %53 [0:1] : (tensor<390xf32>) -> tensor<1xf32>
    %233 = stablehlo.concatenate %232, %229, dim = 0 : (tensor<1xf32>, tensor<194xf32>) -> tensor<195xf32>
    %234 = stablehlo.slice %55 [0:1] : (tensor<390xf32>) -> tensor<1xf32>
    %235 = stablehlo.concatenate %234, %231, dim = 0 : (tensor<1xf32>, tensor<194xf32>) -> tensor<195xf32>
    %236 = stablehlo.pad %233, %cst, low = [0], high = [1], interior = [1] : (tensor<195xf32>, tensor<f32>) -> tensor<390xf32>
    %237 = stablehlo.pad %221, %cst, low = [1], high = [0], interior = [1] : (tensor<195xf32>, tensor<f32>) -> tensor<390xf32>
    %238 = stablehlo.add %236, %237 : tensor<390xf32>
    %239 = stablehlo.pad %235, %cst, low = [0], high = [1], interior = [1] : (tensor<195xf32>, tensor<f32>) -> tensor<390xf32>
    %240 = stablehlo.pad %224, %cst, low = [1], high = [0], interior = [1] : (tensor<195xf32>, tensor<f32>) -> tensor<390xf32>
    %241 = stablehlo.add %239, %240 : tensor<390xf32>
    %242 = stablehlo.slice %46 [2:781:2] : (tensor<781xf32>) -> tensor<390xf32>
    %243 = stablehlo.slice %48 [2:781:2] : (tensor<781xf32>) -> tensor<390xf32>
    %244 = stablehlo.multiply %238, %242 : tensor<390xf32>
    %245 = stablehlo.multiply %242, %241 : tensor<390xf32>
    %246 = stablehlo.add %245, %243 : tensor<390xf32>
    %247 = stablehlo.slice %46 [0:1] : (tensor<781xf32>) -> tensor<1xf32>
    %248 = stablehlo.concatenate %247, %244, dim = 0 : (tensor<1xf32>, tensor<390xf32>) -> tensor<391xf32>
    %249 = stablehlo.slice %48 [0:1] : (tensor<781xf32>) -> tensor<1xf32>
    %250 = stablehlo.concatenate %249, %246, dim = 0 : (tensor<1xf32>, tensor<390xf32>) -> tensor<391xf32>
    %251 = stablehlo.pad %248, %cst, low = [0], high = [0], interior = [1] : (tensor<391xf32>, tensor<f32>) -> tensor<781xf32>
    %252 = stablehlo.pad %238, %cst, low = [1], high = [1], interior = [1] : (tensor<390xf32>, tensor<f32>) -> tensor<781xf32>
    %253 = stablehlo.add %251, %252 : tensor<781xf32>
    %254 = stablehlo.pad %250, %cst, low = [0], high = [0], interior = [1] : (tensor<391xf32>, tensor<f32>) -> tensor<781xf32>
    %255 = stablehlo.pad %241, %cst, low = [1], high = [1], interior = [1] : (tensor<390xf32>, tensor<f32>) -> tensor<781xf32>
    %256 = stablehlo.add %254, %255 : tensor<781xf32>
    %257 = stablehlo.slice %253 [0:780] : (tensor<781xf32>) -> tensor<780xf32>
    %258 = stablehlo.slice %256 [0:780] : (tensor<781xf32>) -> tensor<780xf32>
    %259 = stablehlo.slice %39 [2:1562:2] : (tensor<1562xf32>) -> tensor<780xf32>
    %260 = stablehlo.slice %41 [2:1562:2] : (tensor<1562xf32>) -> tensor<780xf32>
    %261 = stablehlo.multiply %257, %259 : tensor<780xf32>
    %262 = stablehlo.multiply %259, %258 : tensor<780xf32>
    %263 = stablehlo.add %262, %260 : tensor<780xf32>
    %264 = stablehlo.slice %39 [0:1] : (tensor<1562xf32>) -> tensor<1xf32>
    %265 = stablehlo.concatenate %264, %261, dim = 0 : (tensor<1xf32>, tensor<780xf32>) -> tensor<781xf32>
    %266 = stablehlo.slice %41 [0:1] : (tensor<1562xf32>) -> tensor<1xf32>
    %267 = stablehlo.concatenate %266, %263, dim = 0 : (tensor<1xf32>, tensor<780xf32>) -> tensor<781xf32>
    %268 = stablehlo.pad %265, %cst, low = [0], high = [1], interior = [1] : (tensor<781xf32>, tensor<f32>) -> tensor<1562xf32>
    %269 = stablehlo.pad %253, %cst, low = [1], high = [0], interior = [1] : (tensor<781xf32>, tensor<f32>) -> tensor<1562xf32>
    %270 = stablehlo.add %268, %269 : tensor<1562xf32>
    %271 = stablehlo.pad %267, %cst, low = [0], high = [1], interior = [1] : (tensor<781xf32>, tensor<f32>) -> tensor<1562xf32>
    %272 = stablehlo.pad %256, %cst, low = [1], high = [0], interior = [1] : (tensor<781xf32>, tensor<f32>) -> tensor<1562xf32>
    %273 = stablehlo.add %271, %272 : tensor<1562xf32>
    %274 = stablehlo.slice %32 [2:3125:2] : (tensor<3125xf32>) -> tensor<1562xf32>
    %275 = stablehlo.slice %34 [2:3125:2] : (tensor<3125xf32>) -> tensor<1562xf32>
    %276 = stablehlo.multiply %270, %274 : tensor<1562xf32>
    %277 = stablehlo.multiply %274, %273 : tensor<1562xf32>
    %278 = stablehlo.add %277, %275 : tensor<1562xf32>
    %279 = stablehlo.slice %32 [0:1] : (tensor<3125xf32>) -> tensor<1xf32>
    %280 = stablehlo.concatenate %279, %276, dim = 0 : (tensor<1xf32>, tensor<1562xf32>) -> tensor<1563xf32>
    %281 = stablehlo.slice %34 [0:1] : (tensor<3125xf32>) -> tensor<1xf32>
    %282 = stablehlo.concatenate %281, %278, dim = 0 : (tensor<1xf32>, tensor<1562xf32>) -> tensor<1563xf32>
    %283 = stablehlo.pad %280, %cst, low = [0], high = [0], interior = [1] : (tensor<1563xf32>, tensor<f32>) -> tensor<3125xf32>
    %284 = stablehlo.pad %270, %cst, low = [1], high = [1], interior = [1] : (tensor<1562xf32>, tensor<f32>) -> tensor<3125xf32>
    %285 = stablehlo.add %283, %284 : tensor<3125xf32>
    %286 = stablehlo.pad %282, %cst, low = [0], high = [0], interior = [1] : (tensor<1563xf32>, tensor<f32>) -> tensor<3125xf32>
    %287 = stablehlo.pad %273, %cst, low = [1], high = [1], interior = [1] : (tensor<1562xf32>, tensor<f32>) -> tensor<3125xf32>
    %288 = stablehlo.add %286, %287 : tensor<3125xf32>
    %289 = stablehlo.slice %285 [0:3124] : (tensor<3125xf32>) -> tensor<3124xf32>
    %290 = stablehlo.slice %288 [0:3124] : (tensor<3125xf32>) -> tensor<3124xf32>
    %291 = stablehlo.slice %25 [2:6250:2] : (tensor<6250xf32>) -> tensor<3124xf32>
    %292 = stablehlo.slice %27 [2:6250:2] : (tensor<6250xf32>) -> tensor<3124xf32>
    %293 = stablehlo.multiply %289, %291 : tensor<3124xf32>
    %294 = stablehlo.multiply %291, %290 : tensor<3124xf32>
    %295 = stablehlo.add %294, %292 : tensor<3124xf32>
    %296 = stablehlo.slice %25 [0:1] : (tensor<6250xf32>) -> tensor<1xf32>
    %297 = stablehlo.concatenate %296, %293, dim = 0 : (tensor<1xf32>, tensor<3124xf32>) -> tensor<3125xf32>
    %298 = stablehlo.slice %27 [0:1] : (tensor<6250xf32>) -> tensor<1xf32>
    %299 = stablehlo.concatenate %298, %295, dim = 0 : (tensor<1xf32>, tensor<3124xf32>) -> tensor<3125xf32>
    %300 = stablehlo.pad %297, %cst, low = [0], high = [1], interior = [1] : (tensor<3125xf32>, tensor<f32>) -> tensor<6250xf32>
    %301 = stablehlo.pad %285, %cst, low = [1], high = [0], interior = [1] : (tensor<3125xf32>, tensor<f32>) -> tensor<6250xf32>
    %302 = stablehlo.add %300, %301 : tensor<6250xf32>
    %303 = stablehlo.pad %299, %cst, low = [0], high = [1], interior = [1] : (tensor<3125xf32>, tensor<f32>) -> tensor<6250xf32>
    %304 = stablehlo.pad %288, %cst, low = [1], high = [0], interior = [1] : (tensor<3125xf32>, tensor<f32>) -> tensor<6250xf32>
    %305 = stablehlo.add %303, %304 : tensor<6250xf32>
    %306 = stablehlo.slice %302 [0:6249] : (tensor<6250xf32>) -> tensor<6249xf32>
    %307 = stablehlo.slice %305 [0:6249] : (tensor<6250xf32>) -> tensor<6249xf32>
    %308 = stablehlo.slice %18 [2:12500:2] : (tensor<12500xf32>) -> tensor<6249xf32>
    %309 = stablehlo.slice %20 [2:12500:2] : (tensor<12500xf32>) -> tensor<6249xf32>
    %310 = stablehlo.multiply %306, %308 : tensor<6249xf32>
    %311 = stablehlo.multiply %308, %307 : tensor<6249xf32>
    %312 = stablehlo.add %311, %309 : tensor<6249xf32>
    %313 = stablehlo.slice %18 [0:1] : (tensor<12500xf32>) -> tensor<1xf32>
    %314 = stablehlo.concatenate %313, %310, dim = 0 : (tensor<1xf32>, tensor<6249xf32>) -> tensor<6250xf32>
    %315 = stablehlo.slice %20 [0:1] : (tensor<12500xf32>) -> tensor<1xf32>
    %316 = stablehlo.concatenate %315, %312, dim = 0 : (tensor<1xf32>, tensor<6249xf32>) -> tensor<6250xf32>
    %317 = stablehlo.pad %314, %cst, low = [0], high = [1], interior = [1] : (tensor<6250xf32>, tensor<f32>) -> tensor<12500xf32>
    %318 = stablehlo.pad %302, %cst, low = [1], high = [0], interior = [1] : (tensor<6250xf32>, tensor<f32>) -> tensor<12500xf32>
    %319 = stablehlo.add %317, %318 : tensor<12500xf32>
    %320 = stablehlo.pad %316, %cst, low = [0], high = [1], interior = [1] : (tensor<6250xf32>, tensor<f32>) -> tensor<12500xf32>
    %321 = stablehlo.pad %305, %cst, low = [1], high = [0], interior = [1] : (tensor<6250xf32>, tensor<f32>) -> tensor<12500xf32>
    %322 = stablehlo.add %320, %321 : tensor<12500xf32>
    %323 = stablehlo.slice %319 [0:12499] : (tensor<12500xf32>) -> tensor<12499xf32>
    %324 = stablehlo.slice %322 [0:12499] : (tensor<12500xf32>) -> tensor<12499xf32>
    %325 = stablehlo.slice %11 [2:25000:2] : (tensor<25000xf32>) -> tensor<12499xf32>
    %326 = stablehlo.slice %13 [2:25000:2] : (tensor<25000xf32>) -> tensor<12499xf32>
    %327 = stablehlo.multiply %323, %325 : tensor<12499xf32>
    %328 = stablehlo.multiply %325, %324 : tensor<12499xf32>
    %329 = stablehlo.add %328, %326 : tensor<12499xf32>
    %330 = stablehlo.slice %11 [0:1] : (tensor<25000xf32>) -> tensor<1xf32>
    %331 = stablehlo.concatenate %330, %327, dim = 0 : (tensor<1xf32>, tensor<12499xf32>) -> tensor<12500xf32>
    %332 = stablehlo.slice %13 [0:1] : (tensor<25000xf32>) -> tensor<1xf32>
    %333 = stablehlo.concatenate %332, %329, dim = 0 : (tensor<1xf32>, tensor<12499xf32>) -> tensor<12500xf32>
    %334 = stablehlo.pad %331, %cst, low = [0], high = [1], interior = [1] : (tensor<12500xf32>, tensor<f32>) -> tensor<25000xf32>
    %335 = stablehlo.pad %319, %cst, low = [1], high = [0], interior = [1] : (tensor<12500xf32>, tensor<f32>) -> tensor<25000xf32>
    %336 = stablehlo.add %334, %335 : tensor<25000xf32>
    %337 = stablehlo.pad %333, %cst, low = [0], high = [1], interior = [1] : (tensor<12500xf32>, tensor<f32>) -> tensor<25000xf32>
    %338 = stablehlo.pad %322, %cst, low = [1], high = [0], interior = [1] : (tensor<12500xf32>, tensor<f32>) -> tensor<25000xf32>
    %339 = stablehlo.add %337, %338 : tensor<25000xf32>
    %340 = stablehlo.slice %336 [0:24999] : (tensor<25000xf32>) -> tensor<24999xf32>
    %341 = stablehlo.slice %339 [0:24999] : (tensor<25000xf32>) -> tensor<24999xf32>
    %342 = stablehlo.slice %4 [2:50000:2] : (tensor<50000xf32>) -> tensor<24999xf32>
    %343 = stablehlo.slice %6 [2:50000:2] : (tensor<50000xf32>) -> tensor<24999xf32>
    %344 = stablehlo.multiply %340, %342 : tensor<24999xf32>
    %345 = stablehlo.multiply %342, %341 : tensor<24999xf32>
    %346 = stablehlo.add %345, %343 : tensor<24999xf32>
    %347 = stablehlo.slice %4 [0:1] : (tensor<50000xf32>) -> tensor<1xf32>
    %348 = stablehlo.concatenate %347, %344, dim = 0 : (tensor<1xf32>, tensor<24999xf32>) -> tensor<25000xf32>
    %349 = stablehlo.slice %6 [0:1] : (tensor<50000xf32>) -> tensor<1xf32>
    %350 = stablehlo.concatenate %349, %346, dim = 0 : (tensor<1xf32>, tensor<24999xf32>) -> tensor<25000xf32>
    %351 = stablehlo.pad %348, %cst, low = [0], high = [1], interior = [1] : (tensor<25000xf32>, tensor<f32>) -> tensor<50000xf32>
    %352 = stablehlo.pad %336, %cst, low = [1], high = [0], interior = [1] : (tensor<25000xf32>, tensor<f32>) -> tensor<50000xf32>
    %353 = stablehlo.add %351, %352 : tensor<50000xf32>
    %354 = stablehlo.pad %350, %cst, low = [0], high = [1], interior = [1] : (tensor<25000xf32>, tensor<f32>) -> tensor<50000xf32>
    %355 = stablehlo.pad %339, %cst, low = [1], high = [0], interior = [1] : (tensor<25000xf32>, tensor<f32>) -> tensor<50000xf32>
    %356 = stablehlo.add %354, %355 : tensor<50000xf32>
    %357 = stablehlo.slice %353 [0:49999] : (tensor<50000xf32>) -> tensor<49999xf32>
    %358 = stablehlo.slice %356 [0:49999] : (tensor<50000xf32>) -> tensor<49999xf32>
    %359 = stablehlo.slice %arg0 [2:100000:2] : (tensor<100000xf32>) -> tensor<49999xf32>
    %360 = stablehlo.slice %arg1 [2:100000:2] : (tensor<100000xf32>) -> tensor<49999xf32>
    %361 = stablehlo.multiply %357, %359 : tensor<49999xf32>
    %362 = stablehlo.multiply %359, %358 : tensor<49999xf32>
    %363 = stablehlo.add %362, %360 : tensor<49999xf32>
    %364 = stablehlo.slice %arg0 [0:1] : (tensor<100000xf32>) -> tensor<1xf32>
    %365 = stablehlo.concatenate %364, %361, dim = 0 : (tensor<1xf32>, tensor<49999xf32>) -> tensor<50000xf32>
    %366 = stablehlo.slice %arg1 [0:1] : (tensor<100000xf32>) -> tensor<1xf32>
    %367 = stablehlo.concatenate %366, %363, dim = 0 : (tensor<1xf32>, tensor<49999xf32>) -> tensor<50000xf32>
    %368 = stablehlo.pad %365, %cst, low = [0], high = [1], interior = [1] : (tensor<50000xf32>, tensor<f32>) -> tensor<100000xf32>
    %369 = stablehlo.pad %353, %cst, low = [1], high = [0], interior = [1] : (tensor<50000xf32>, tensor<f32>) -> tensor<100000xf32>
    %370 = stablehlo.add %368, %369 : tensor<100000xf32>
    %371 = stablehlo.pad %367, %cst, low = [0], high = [1], interior = [1] : (tensor<50000xf32>, tensor<f32>) -> tensor<100000xf32>
    %372 = stablehlo.pad %356, %cst, low = [1], high = [0], interior = [1] : (tensor<50000xf32>, tensor<f32>) -> tensor<100000xf32>
    %373 = stablehlo.add %371, %372 : tensor<100000xf32>
    return %370, %373 : tensor<100000xf32>, tensor<100000xf32>
  }
}
