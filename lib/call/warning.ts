/** What is to be warned of. */
export type QualityWarning =
  'high-loss' | 'high-jitter' | 'high-round-trip' | 'low-mos' | 'no-sound-received' | 'no-sound-sent';

/** What warnings are made from: shares from 0 to 1, times in ms, packets a second. What is not known is not judged. */
export type Reading = {
  readonly loss?: number;
  readonly jitter?: number;
  readonly roundTrip?: number;
  readonly mos?: number;
  readonly packets: { readonly received: number; readonly sent: number };
};

/** A warning is raised beyond one limit and cleared on the other side of a milder one. */
type Limits = {
  readonly of: (reading: Reading) => number | undefined;
  readonly worse: 'more' | 'less';
  readonly raise: number;
  readonly clear: number;
};

const limits: Readonly<Record<QualityWarning, Limits>> = {
  'high-loss': { of: ({ loss }) => loss, worse: 'more', raise: 0.03, clear: 0.01 },
  'high-jitter': { of: ({ jitter }) => jitter, worse: 'more', raise: 30, clear: 20 },
  'high-round-trip': { of: ({ roundTrip }) => roundTrip, worse: 'more', raise: 400, clear: 300 },
  'low-mos': { of: ({ mos }) => mos, worse: 'less', raise: 3.5, clear: 3.8 },
  // Whoever suppresses silence still sends a packet or two a second.
  'no-sound-received': { of: ({ packets }) => packets.received, worse: 'less', raise: 1, clear: 2 },
  'no-sound-sent': { of: ({ packets }) => packets.sent, worse: 'less', raise: 1, clear: 2 },
};

/** Every warning, in the order in which they are told. */
const names = /*#__PURE__*/ Object.keys(limits) as readonly QualityWarning[];

/** So many of the last readings have to agree. */
const enough = 3;
const among = 5;

/** One warning: whether it is raised, and which of the last readings speak for changing that. */
type Alarm = { readonly raised: boolean; readonly against: readonly boolean[] };
export type Alarms = Readonly<Record<QualityWarning, Alarm>>;

const silent: Alarm = { raised: false, against: [] };

/** Nothing is raised and nothing is remembered. */
export const calm: Alarms = /*#__PURE__*/ Object.fromEntries(names.map(name => [name, silent])) as Alarms;

/** Whether a value is worse than another. */
const isWorse: Readonly<Record<Limits['worse'], (value: number, than: number) => boolean>> = {
  more: (value, than) => value > than,
  less: (value, than) => value < than,
};

const heeded = (alarm: Alarm, { worse, raise, clear }: Limits, value: number | undefined): Alarm => {
  if (value === undefined) return alarm;
  const isAgainst = alarm.raised ? isWorse[worse](clear, value) : isWorse[worse](value, raise);
  const against = [...alarm.against, isAgainst].slice(-among);
  return against.filter(Boolean).length < enough ? { ...alarm, against } : { raised: !alarm.raised, against: [] };
};

/**
 * The warnings after one reading more: 3 of the last 5 raise one, and 3 of 5 clear it.
 *
 *     loss       0 9 0 9 9 2 2 0 0 0     in percent; raised above 3, cleared below 1
 *     high-loss  - - - - + + + + + -
 */
export const alarmed = (alarms: Alarms, reading: Reading): Alarms =>
  Object.fromEntries(names.map(name => [name, heeded(alarms[name], limits[name], limits[name].of(reading))])) as Alarms;

/** What is raised. */
export const raised = (alarms: Alarms): readonly QualityWarning[] => names.filter(name => alarms[name].raised);
