/** The kernels in WebAssembly: without them there is nothing to be measured. */
import * as fs from "node:fs"
import { compile, fromModule, type Kernels } from "@countersign/copybook/kernels/Kernels"

const file = new URL("../../../../packages/copybook/dist/kernels.wasm", import.meta.url)

export const kernelBytes = (): Uint8Array => {
  if (!fs.existsSync(file)) throw new Error("dist/kernels.wasm is missing: npm run kernels")
  return fs.readFileSync(file)
}

export const loadKernels = (): Kernels => fromModule(compile(kernelBytes()))
