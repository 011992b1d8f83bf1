import { buildKernels } from "./kernels.ts"

if (buildKernels()) console.log("packages/copybook/dist/kernels.wasm: compiled")
