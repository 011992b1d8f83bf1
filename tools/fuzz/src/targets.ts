import { bundleTarget } from "./BundleTarget.ts"
import { codePageTarget } from "./CodePageTarget.ts"
import { coldTarget } from "./ColdTarget.ts"
import { configTarget } from "./ConfigTarget.ts"
import { copybookTarget } from "./CopybookTarget.ts"
import { encoderTarget } from "./EncoderTarget.ts"
import { filterTarget } from "./FilterTarget.ts"
import { framingTarget, snifferTarget } from "./FramingTarget.ts"
import type { Target } from "./Fuzzer.ts"
import { policyTarget } from "./PolicyTarget.ts"
import { recordTarget } from "./RecordTarget.ts"
import { rotationTarget } from "./RotationTarget.ts"
import { settingsTarget } from "./SettingsTarget.ts"
import { trustTarget } from "./TrustTarget.ts"
import { witnessTarget } from "./WitnessTarget.ts"
import { merkleTarget } from "./MerkleTarget.ts"
import { noteTarget } from "./NoteTarget.ts"
import { proofTarget } from "./ProofTarget.ts"
import { sealTarget } from "./SealTarget.ts"
import { timestampTarget } from "./TimestampTarget.ts"
import { tileTarget } from "./TileTarget.ts"
import { walTarget } from "./WalTarget.ts"

export const targets: ReadonlyArray<Target> = [
  walTarget,
  bundleTarget,
  tileTarget,
  noteTarget,
  proofTarget,
  merkleTarget,
  coldTarget,
  sealTarget,
  witnessTarget,
  timestampTarget,
  policyTarget,
  trustTarget,
  rotationTarget,
  configTarget,
  filterTarget,
  encoderTarget,
  copybookTarget,
  recordTarget,
  framingTarget,
  snifferTarget,
  codePageTarget,
  settingsTarget,
]
