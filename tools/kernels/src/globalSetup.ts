/** Runs before the tests: they compare the kernels with their twin, so there must be some. */
import { buildKernels } from "./kernels.ts"

export const setup = (): void => {
  buildKernels()
}
