import type { MemberId, MemberStatus, MemberStatuses, Message } from './model.js';

/**
 * How far a message got with each member, as changes that are only ever added to: another one costs the same however many
 * there are. A snapshot is the beginning of a list that it shares with later ones.
 */
class StatusLog {
  readonly #changes: (readonly [MemberId, MemberStatus])[];
  readonly #latest: Map<MemberId, MemberStatus>;
  readonly #length: number;
  #read: MemberStatuses | undefined;

  constructor(changes: (readonly [MemberId, MemberStatus])[], latest = new Map(changes), length = changes.length) {
    this.#changes = changes;
    this.#latest = latest;
    this.#length = length;
  }

  /** The latest status of a member; of an earlier snapshot its own. */
  get(member: MemberId): MemberStatus | undefined {
    return this.#isNewest() ? this.#latest.get(member) : new Map(this.#own()).get(member);
  }

  with(member: MemberId, status: MemberStatus): StatusLog {
    if (!this.#isNewest()) return new StatusLog([...this.#own(), [member, status]]);
    this.#changes.push([member, status]);
    this.#latest.set(member, status);
    return new StatusLog(this.#changes, this.#latest, this.#length + 1);
  }

  read(): MemberStatuses {
    return (this.#read ??= Object.fromEntries(this.#own()));
  }

  #isNewest(): boolean {
    return this.#changes.length === this.#length;
  }

  #own(): readonly (readonly [MemberId, MemberStatus])[] {
    return this.#changes.slice(0, this.#length);
  }
}

type Known = { readonly base: object; readonly log: StatusLog };

/** The receipts that a message was built from, so that a change costs its own receipt alone. */
const known = new WeakMap<Message, Known>();

function knownOf(message: Message): Known {
  const found = known.get(message);
  if (found !== undefined) return found;
  const { memberStatuses = {}, ...base } = message;
  const made = { base, log: new StatusLog(Object.entries(memberStatuses)) };
  known.set(message, made);
  return made;
}

/**
 * The message with these statuses merged by `farther`; the same object where none of them is new. They are merged when the
 * property is read.
 */
export function withStatuses(
  message: Message,
  statuses: MemberStatuses,
  farther: (before: MemberStatus, other: MemberStatus) => MemberStatus,
): Message {
  const { base, log } = knownOf(message);
  const next = Object.entries(statuses).reduce((now, [member, status]) => {
    const before = now.get(member);
    const after = before === undefined ? status : farther(before, status);
    return after === before ? now : now.with(member, after);
  }, log);
  if (next === log) return message;
  // All other fields of the message are in its base.
  const made = {
    ...base,
    get memberStatuses() {
      return next.read();
    },
  } as Message;
  known.set(made, { base, log: next });
  return made;
}
