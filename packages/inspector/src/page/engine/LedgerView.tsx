/** Where every accepted event is, class by class: an equation that has to come out. */
import type { Snapshot } from "@countersign/monitor/protocol/Snapshot"
import type { ViewProps } from "../shell/Contribution.ts"
import { Icon } from "../shell/Icon.tsx"
import {
  type AccountRow,
  type Balance,
  type Totals,
  balanceOf,
  places,
  totalsOf,
} from "./Account.ts"
import { count, many, rate, share } from "./Amount.ts"
import { EnginePage } from "./EnginePage.tsx"

const Verdict = ({ balance }: { readonly balance: Balance }) =>
  balance.isBalanced ? (
    <span className="good">
      <Icon name="pass" /> adds up
    </span>
  ) : (
    <strong className="bad">
      <Icon name="error" />{" "}
      {balance.missing > 0
        ? `${count(balance.missing)} missing: a defect`
        : `${count(-balance.missing)} too many: a defect`}
    </strong>
  )

const shareNames = {
  recorded: "recorded",
  sampledOut: "sampled out",
  lost: "lost",
  inFlight: "in flight",
} as const

/** The same as the figures beside it, for the eye. */
const Shares = ({ balance, name }: { readonly balance: Balance; readonly name: string }) => (
  <span
    className="shares"
    role="img"
    aria-label={`${name}: ${places.map((place) => `${share(balance.shares[place])} ${shareNames[place]}`).join(", ")}`}
  >
    {places.map((place) => (
      <span
        key={place}
        data-place={place}
        style={{ inlineSize: `${balance.shares[place] * 100}%` }}
      />
    ))}
  </span>
)

const Counted = ({ isBad, value }: { readonly value: number; readonly isBad: boolean }) => (
  <td className="number">
    {isBad && value > 0 ? (
      <strong className="bad">
        <Icon name="warning" /> {count(value)}
      </strong>
    ) : (
      count(value)
    )}
  </td>
)

const Row = ({ name, row }: { readonly name: string; readonly row: AccountRow | Totals }) => {
  const balance = balanceOf(row)
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="number">{rate(row.perSecond)}</td>
      <td className="number">{count(row.accepted)}</td>
      <td className="number">{count(row.recorded)}</td>
      <td className="number">{count(row.sampledOut)}</td>
      <Counted value={row.lost} isBad />
      <td className="number">{count(row.inFlight)}</td>
      <td>
        <Verdict balance={balance} />
      </td>
      <td>
        <Shares balance={balance} name={name} />
      </td>
      <Counted value={row.refused} isBad={false} />
      <Counted value={row.dropped} isBad={false} />
    </tr>
  )
}

const heads: ReadonlyArray<readonly [title: string, sign: string, isNumber: boolean]> = [
  ["Class", "", false],
  ["Rate", "", true],
  ["Accepted", "", true],
  ["Recorded", "=", true],
  ["Sampled out", "+", true],
  ["Lost", "+", true],
  ["In flight", "+", true],
  ["Check", "", false],
  ["Shares", "", false],
  ["Refused", "", true],
  ["Dropped", "", true],
]

const Ledger = ({ snapshot: { engine, ledger } }: { readonly snapshot: Snapshot }) => {
  const totals = totalsOf(ledger)
  const isBalanced = ledger.every((row) => balanceOf(row).isBalanced)
  return (
    <div className="engine-body" role="region" tabIndex={0} aria-label="The ledger">
      <p className="verdict" data-good={isBalanced}>
        <Icon name={isBalanced ? "pass" : "error"} />
        {isBalanced
          ? `Every one of ${many(totals.accepted, "accepted event")} is accounted for.`
          : "The count does not come out, which is a defect of the engine: please keep this trail."}
      </p>
      <table className="ledger">
        <caption>
          accepted = recorded + sampled out + lost + in flight, counted in this page
        </caption>
        <thead>
          <tr>
            {heads.map(([title, sign, isNumber]) => (
              <th key={title} scope="col" className={isNumber ? "number" : ""}>
                {sign === "" ? null : <span className="sign">{sign}</span>} {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ledger.map((row) => (
            <Row key={row.class} name={row.class} row={row} />
          ))}
        </tbody>
        <tfoot>
          <Row name="all" row={totals} />
        </tfoot>
      </table>
      <p className="shares-key" aria-hidden="true">
        {places.map((place) => (
          <span key={place}>
            <i data-place={place} /> {shareNames[place]}
          </span>
        ))}
      </p>
      <p className="quiet">
        Refused and dropped events were never accepted: who sent them was told, or, of telemetry, a
        signed record counts them. Sampled-out events are counted in signed records as well.
      </p>
      <h3>In the trail</h3>
      <dl className="facts">
        <dt>Durable</dt>
        <dd>{many(engine.durableSize, "entry", "entries")}</dd>
        <dt>Signed by the newest checkpoint</dt>
        <dd>{many(engine.publishedSize, "entry", "entries")}</dd>
        <dt>Written by the engine about itself, in this run</dt>
        <dd>{many(engine.systemRecords, "record")}</dd>
        <dt>Telemetry that is recorded now</dt>
        <dd>{share(engine.samplingRate)}</dd>
        <dt>Callers that wait</dt>
        <dd>{count(engine.waiting)}</dd>
      </dl>
    </div>
  )
}

const LedgerView = ({ isVisible, scene }: ViewProps) => (
  <EnginePage scene={scene} isVisible={isVisible} title="Ledger" command="countersign stats DIR">
    {({ snapshot }) => <Ledger snapshot={snapshot} />}
  </EnginePage>
)

export default LedgerView
