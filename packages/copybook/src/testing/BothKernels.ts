/** Test kit: the kernels in WebAssembly, and those in TypeScript. */
import { readFileSync } from "node:fs"
import { compile, fromModule, type Kernels, type KernelModule } from "../kernels/Kernels.ts"
import * as TypeScriptKernels from "../kernels/TypeScriptKernels.ts"

export const kernelModule = (): KernelModule =>
  compile(readFileSync(new URL("../../dist/kernels.wasm", import.meta.url)))

const module = kernelModule()

/** New ones, each with a memory of its own. */
export const bothKernels = (): ReadonlyArray<Kernels> => [
  fromModule(module),
  TypeScriptKernels.make(),
]
