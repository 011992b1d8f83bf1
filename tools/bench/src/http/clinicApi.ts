/** The sample `apps/clinic-api` as a process of its own, with patients to be read. */
import { type ChildProcess, spawn } from "node:child_process"
import * as path from "node:path"
import { root } from "../scratch.ts"

export interface ClinicApi {
  readonly port: number
  /** Requests that read one patient each. */
  readonly requests: ReadonlyArray<string>
  /** Tells it to end, and resolves when it has. */
  readonly end: () => Promise<void>
}

export interface ClinicApiOptions {
  readonly directory: string
  readonly postgres: string
  readonly isAudited: boolean
  /** Whether records go on from the trail to PostgreSQL. */
  readonly isDelivered: boolean
}

const startMillisMax = 60_000
const patients = 200

const started = (child: ChildProcess): Promise<{ readonly url: string; readonly token: string }> =>
  new Promise((resolve, reject) => {
    let output = ""
    const failed = (how: string): void => reject(new Error(`the clinic ${how}: ${output}`))
    const timer = setTimeout(() => failed("did not start"), startMillisMax)
    child.once("exit", () => failed("ended"))
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        output += chunk.toString()
        const url = /Clinic: (\S+) /u.exec(output)?.[1]
        const token = /dr-imhotep\s+(\S+)/u.exec(output)?.[1]
        if (url === undefined || token === undefined) return
        clearTimeout(timer)
        resolve({ url, token })
      })
    }
  })

const register = async (url: string, token: string, index: number): Promise<string> => {
  const response = await fetch(`${url}/api/patients`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({
      name: `Patient ${index}`,
      birthDate: "1970-01-01",
      socialSecurity: `000-00-${1000 + index}`,
      phone: "+1 555 0100",
      email: `p${index}@clinic.example`,
      address: "1 Main Street",
      allergies: index % 5 === 0 ? ["penicillin"] : [],
      history:
        "Seen on the ward round; pressure and pulse as before, therapy goes on unchanged. ".repeat(
          6,
        ),
    }),
  })
  const answer: unknown = await response.json()
  if (typeof answer === "object" && answer !== null && "id" in answer) return String(answer.id)
  throw new Error(`a patient was not registered: ${response.status} ${JSON.stringify(answer)}`)
}

/** Starts it over a database that is there. */
export const clinicApi = async (options: ClinicApiOptions): Promise<ClinicApi> => {
  const main = path.join(root, "apps/clinic-api/src/main.ts")
  const child = spawn(process.execPath, ["--conditions=@countersign/source", main], {
    env: {
      ...process.env,
      CLINIC_DIRECTORY: options.directory,
      CLINIC_PORT: "0",
      CLINIC_POSTGRES_URL: options.postgres,
      CLINIC_AUDIT: String(options.isAudited),
      CLINIC_DELIVERY: String(options.isDelivered),
      // What it costs to be watched is measured by itself.
      CLINIC_MONITOR: "off",
      // As much as the client can ask.
      CLINIC_REQUESTS_PER_MINUTE: "100000000",
    },
    stdio: ["ignore", "pipe", "pipe"],
  })
  const kill = (): void => void child.kill("SIGKILL")
  process.once("exit", kill)
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()))
  const { token, url } = await started(child)
  const requests: Array<string> = []
  for (let index = 0; index < patients; index++) {
    const id = await register(url, token, index)
    requests.push(
      `GET /api/patients/${id} HTTP/1.1\r\nHost: clinic.example\r\nAuthorization: Bearer ${token}\r\nUser-Agent: bench\r\n\r\n`,
    )
  }
  return {
    port: Number(new URL(url).port),
    requests,
    end: async () => {
      process.removeListener("exit", kill)
      child.kill("SIGTERM")
      await ended
    },
  }
}
