/**
 * Timestamps as RFC 3161 defines them: what is asked, and whether an answer proves anything.
 *
 * CMS and the path of certificates are the library's; here is what RFC 3161 asks for beyond
 * them, and the bounds that untrusted input needs.
 *
 * @since 0.1.0
 */
import { hash, randomBytes } from "node:crypto"
import type { Integer } from "asn1js"
import * as Effect from "effect/Effect"
import type { Certificate, SignedData, SignerInfo, TSTInfo } from "pkijs"
import { type Cms, loadCms } from "./Cms.ts"
import {
  TimestampInvalid,
  type TimestampsUnsupported,
  TrustAnchorsUnusable,
} from "./TimestampError.ts"

/**
 * Largest answer of an authority that is read. Units: bytes.
 *
 * @category constants
 * @since 0.1.0
 */
export const responseBytesMax = 64 * 1024

/**
 * The content type of a request, and of the answer to it.
 *
 * - Source: RFC 3161, section 3.4.
 *
 * @category constants
 * @since 0.1.0
 */
export const mediaTypes = {
  query: "application/timestamp-query",
  reply: "application/timestamp-reply",
} as const

const oid = {
  signedData: "1.2.840.113549.1.7.2",
  timestampInfo: "1.2.840.113549.1.9.16.1.4",
  contentType: "1.2.840.113549.1.9.3",
  signingCertificate: "1.2.840.113549.1.9.16.2.12",
  signingCertificate2: "1.2.840.113549.1.9.16.2.47",
  extendedKeyUsage: "2.5.29.37",
  timeStamping: "1.3.6.1.5.5.7.3.8",
  sha256: "2.16.840.1.101.3.4.2.1",
} as const

/** Hashes that a signature may stand on, and that name a certificate. */
const hashNames: ReadonlyMap<string, string> = new Map([
  [oid.sha256, "sha256"],
  ["2.16.840.1.101.3.4.2.2", "sha384"],
  ["2.16.840.1.101.3.4.2.3", "sha512"],
])

const certificatesMax = 16
// A path has a handful; certificates that vouch for each other would keep the search going.
const searchMax = 32
const aheadMillisMax = 5 * 60_000
const nonceBytes = 8

/**
 * @category models
 * @since 0.1.0
 */
export interface TimestampRequest {
  /** What is sent to the authority. */
  readonly bytes: Uint8Array
  /** What the answer must repeat. */
  readonly nonce: bigint
}

/**
 * A timestamp that was verified.
 *
 * @category models
 * @since 0.1.0
 */
export interface Timestamp {
  /** The bytes existed at this time, says the authority. */
  readonly millis: number
  /** How far its clock may be off. Units: milliseconds; `undefined`: it does not say. */
  readonly accuracyMillis: number | undefined
  /** The subject of its certificate. */
  readonly authority: string
  readonly policy: string
  readonly serial: string
}

/**
 * Certificates that are trusted.
 *
 * @category models
 * @since 0.1.0
 */
export interface TrustAnchors {
  /** DER, one each. */
  readonly certificates: ReadonlyArray<Uint8Array>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface VerifyTimestampOptions {
  /** The authority's answer, as it came. */
  readonly response: Uint8Array
  /** The bytes that it must be over. */
  readonly content: Uint8Array
  /** Without them the signature is verified and nobody vouches for who made it. */
  readonly anchors: TrustAnchors | undefined
  /** The request's; only whoever asked knows it. */
  readonly nonce?: bigint
  readonly nowMillis: number
}

const invalid = (fault: TimestampInvalid["fault"], detail: string): TimestampInvalid =>
  new TimestampInvalid({ fault, detail })

const exact = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)

const sha256 = (bytes: Uint8Array): Buffer => hash("sha256", bytes, "buffer")

const isEqual = (left: Uint8Array, right: Uint8Array): boolean => Buffer.compare(left, right) === 0

/**
 * A request for a timestamp over the SHA-256 of some bytes, with a nonce, and asking for the
 * authority's certificate.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeRequest = (
  content: Uint8Array,
): Effect.Effect<TimestampRequest, TimestampsUnsupported> =>
  Effect.map(loadCms(), ({ asn1js, pkijs }) => {
    const random = randomBytes(nonceBytes)
    // A positive number of eight bytes in its only form.
    random[0] = ((random[0] ?? 0) & 0x3f) | 0x40
    const request = new pkijs.TimeStampReq({
      version: 1,
      messageImprint: new pkijs.MessageImprint({
        hashAlgorithm: new pkijs.AlgorithmIdentifier({
          algorithmId: oid.sha256,
          algorithmParams: new asn1js.Null(),
        }),
        hashedMessage: new asn1js.OctetString({ valueHex: exact(sha256(content)) }),
      }),
      nonce: new asn1js.Integer({ valueHex: exact(random) }),
      certReq: true,
    })
    return {
      bytes: new Uint8Array(request.toSchema().toBER()),
      nonce: BigInt(`0x${random.toString("hex")}`),
    }
  })

/**
 * Reads certificates in PEM form.
 *
 * @param path what to call the file in messages
 * @category decoding
 * @since 0.1.0
 */
export const parseAnchors = (
  pem: string,
  path: string,
): Effect.Effect<TrustAnchors, TrustAnchorsUnusable | TimestampsUnsupported> =>
  Effect.flatMap(loadCms(), ({ pkijs }) =>
    Effect.try({
      try: () => {
        const blocks = [
          ...pem.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g),
        ]
        if (blocks.length === 0) throw new Error("there is no certificate in it")
        const certificates = blocks.map(([, text]) => exact(Buffer.from(text ?? "", "base64")))
        for (const certificate of certificates) pkijs.Certificate.fromBER(certificate)
        return { certificates }
      },
      catch: (cause) =>
        new TrustAnchorsUnusable({
          path,
          detail: cause instanceof Error ? cause.message : String(cause),
        }),
    }),
  )

/** The signed statement inside an answer. */
interface Parsed {
  readonly signed: SignedData
  readonly signer: SignerInfo
  readonly info: TSTInfo
}

// PKIStatus: granted, and granted with modifications.
const grantedMax = 1

const parse = ({ asn1js, pkijs }: Cms, response: Uint8Array): Parsed => {
  if (response.length > responseBytesMax) {
    throw invalid("form", `it has ${response.length} bytes, more than ${responseBytesMax}`)
  }
  const bytes = exact(response)
  const outer = asn1js.fromBER(bytes)
  if (outer.offset !== bytes.length) throw invalid("form", "it is no DER, or more follows")
  const { status, timeStampToken } = new pkijs.TimeStampResp({ schema: outer.result })
  // An enumeration of several values is known by its number.
  const granted: number = status.status
  if (granted > grantedMax || granted < 0) {
    const said = (status.statusStrings ?? []).map(({ valueBlock }) => valueBlock.value).join(" ")
    throw invalid("refusal", `status ${granted}${said === "" ? "" : `: ${said}`}`)
  }
  if (timeStampToken?.contentType !== oid.signedData) {
    throw invalid("form", "there is no signed data in it")
  }
  const signed = new pkijs.SignedData({ schema: timeStampToken.content })
  const [signer, ...others] = signed.signerInfos
  if (signer === undefined || others.length > 0) {
    throw invalid("form", `it has ${signed.signerInfos.length} signatures; one is expected`)
  }
  const { eContent, eContentType } = signed.encapContentInfo
  if (eContentType !== oid.timestampInfo || eContent === undefined) {
    throw invalid("form", "what is signed is no timestamp")
  }
  if ((signed.certificates ?? []).length > certificatesMax) {
    throw invalid("form", `it brings more than ${certificatesMax} certificates`)
  }
  return { signed, signer, info: pkijs.TSTInfo.fromBER(eContent.getValue()) }
}

const bigintOf = (integer: Integer): bigint =>
  BigInt(`0x${Buffer.from(integer.valueBlock.valueHexView).toString("hex")}`)

/** What is signed must be about these bytes, and about this request. */
const checkInfo = (
  { info, signer }: Parsed,
  { content, nonce, nowMillis }: VerifyTimestampOptions,
): void => {
  const { genTime, messageImprint } = info
  const { hashAlgorithm, hashedMessage } = messageImprint
  if (hashAlgorithm.algorithmId !== oid.sha256) {
    throw invalid(
      "imprint",
      `it is over a hash that was not asked for, ${hashAlgorithm.algorithmId}`,
    )
  }
  if (!isEqual(hashedMessage.valueBlock.valueHexView, sha256(content))) {
    throw invalid("imprint", "it is over other bytes")
  }
  if (nonce !== undefined && (info.nonce === undefined || bigintOf(info.nonce) !== nonce)) {
    throw invalid("nonce", "it answers another request; an old answer may have been played again")
  }
  if (!hashNames.has(signer.digestAlgorithm.algorithmId)) {
    throw invalid("signature", `the hash ${signer.digestAlgorithm.algorithmId} is not accepted`)
  }
  const time = genTime.getTime()
  if (Number.isNaN(time)) throw invalid("form", "its time is none")
  if (time > nowMillis + aheadMillisMax) {
    throw invalid("time", `it is from ${genTime.toISOString()}, which has not come by this clock`)
  }
}

/** The attribute's only value. */
const attributeOf = (signer: SignerInfo, type: string): unknown => {
  const found = (signer.signedAttrs?.attributes ?? []).filter((each) => each.type === type)
  if (found.length > 1) throw invalid("form", `the attribute ${type} is there twice`)
  const values: ReadonlyArray<unknown> = found[0]?.values ?? []
  return values[0]
}

/** The hash that names the certificate, in the first `ESSCertID` or `ESSCertIDv2`. */
const namedCertificate = (
  { asn1js }: Cms,
  signer: SignerInfo,
): { readonly hashName: string; readonly value: Uint8Array } | undefined => {
  for (const [type, otherwise] of [
    [oid.signingCertificate2, "sha256"],
    [oid.signingCertificate, "sha1"],
  ] as const) {
    const attribute = attributeOf(signer, type)
    if (!(attribute instanceof asn1js.Sequence)) continue
    const [list] = attribute.valueBlock.value
    const [first] = list instanceof asn1js.Sequence ? list.valueBlock.value : []
    const members = first instanceof asn1js.Sequence ? first.valueBlock.value : []
    const [algorithm] = members
    const [named] = algorithm instanceof asn1js.Sequence ? algorithm.valueBlock.value : []
    const hashName =
      named instanceof asn1js.ObjectIdentifier
        ? hashNames.get(named.valueBlock.toString())
        : otherwise
    const value = members.find((member) => member instanceof asn1js.OctetString)
    if (hashName === undefined || value === undefined) return undefined
    return { hashName, value: value.valueBlock.valueHexView }
  }
  return undefined
}

/** The certificate must be for timestamps alone, and be the one that the signature speaks of. */
const checkCertificate = (cms: Cms, { signer }: Parsed, certificate: Certificate): void => {
  const { pkijs } = cms
  const usage = (certificate.extensions ?? []).find(({ extnID }) => extnID === oid.extendedKeyUsage)
  const purposes =
    usage?.parsedValue instanceof pkijs.ExtKeyUsage ? usage.parsedValue.keyPurposes : []
  if (usage?.critical !== true || purposes.length !== 1 || purposes[0] !== oid.timeStamping) {
    throw invalid(
      "usage",
      "the certificate's extended key usage must be critical, and timestamping alone",
    )
  }
  const named = namedCertificate(cms, signer)
  if (named === undefined) {
    throw invalid("signature", "the signed attributes name no certificate")
  }
  const own = hash(named.hashName, exact(new Uint8Array(certificate.toSchema().toBER())), "buffer")
  if (!isEqual(own, named.value)) {
    throw invalid("signature", "the signed attributes name another certificate")
  }
}

/** Verifies signature and path; gives the certificate. */
const checkSignature = async (
  cms: Cms,
  { signed, signer }: Parsed,
  { anchors, content }: VerifyTimestampOptions,
): Promise<Certificate> => {
  const { asn1js, pkijs } = cms
  const type = attributeOf(signer, oid.contentType)
  if (
    !(type instanceof asn1js.ObjectIdentifier) ||
    type.valueBlock.toString() !== oid.timestampInfo
  ) {
    throw invalid("form", "the signed attributes are about another kind of content")
  }
  // What an answer says of its own revocation is no evidence.
  signed.crls = []
  signed.ocsps = []
  let searched = 0
  const engine = new pkijs.CertificateChainValidationEngine()
  const result = await signed
    .verify({
      signer: 0,
      data: exact(content).buffer,
      extendedMode: true,
      checkChain: anchors !== undefined,
      trustedCerts: (anchors?.certificates ?? []).map((der) =>
        pkijs.Certificate.fromBER(exact(der)),
      ),
      findIssuer: (certificate, within) => {
        searched += 1
        if (searched > searchMax) throw new Error("the certificates lead in circles")
        return engine.defaultFindIssuer(certificate, within)
      },
    })
    .catch((cause: unknown) => {
      if (!(cause instanceof pkijs.SignedDataVerifyError)) throw cause
      const isChain = cause.signerCertificateVerified === false
      throw invalid(isChain ? "chain" : "signature", cause.message)
    })
  const { signatureVerified, signerCertificate } = result
  if (signatureVerified !== true || signerCertificate === undefined || signerCertificate === null) {
    throw invalid("signature", "the signature is not over this")
  }
  return signerCertificate
}

const accuracyOf = ({ accuracy }: TSTInfo): number | undefined =>
  accuracy === undefined
    ? undefined
    : (accuracy.seconds ?? 0) * 1000 + (accuracy.millis ?? 0) + (accuracy.micros ?? 0) / 1000

const nameOf = ({ subject }: Certificate): string =>
  subject.typesAndValues.map(({ value }) => value.valueBlock.value).join(", ")

/**
 * Verifies an authority's answer: that it is over these bytes, that it answers this request,
 * signature, certificate, and the path to a trusted certificate at the time that it states.
 *
 * Whether a certificate was revoked is not looked up.
 *
 * - Errors: `TimestampInvalid` with the fault; `TimestampsUnsupported`.
 * - Source: RFC 3161, sections 2.2 to 2.4; RFC 5816; RFC 5652; RFC 5280.
 *
 * @category running
 * @since 0.1.0
 */
export const verifyTimestamp = (
  options: VerifyTimestampOptions,
): Effect.Effect<Timestamp, TimestampInvalid | TimestampsUnsupported> =>
  Effect.flatMap(loadCms(), (cms) =>
    Effect.tryPromise({
      try: async () => {
        const parsed = parse(cms, options.response)
        checkInfo(parsed, options)
        const certificate = await checkSignature(cms, parsed, options)
        checkCertificate(cms, parsed, certificate)
        const { info } = parsed
        const timestamp: Timestamp = {
          millis: info.genTime.getTime(),
          accuracyMillis: accuracyOf(info),
          authority: nameOf(certificate),
          policy: info.policy,
          serial: bigintOf(info.serialNumber).toString(16),
        }
        return timestamp
      },
      catch: (cause) =>
        cause instanceof TimestampInvalid
          ? cause
          : invalid("form", cause instanceof Error ? cause.message : String(cause)),
    }),
  )
