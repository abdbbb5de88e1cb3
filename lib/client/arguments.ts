import { areTones } from '../call/dtmf.js';
import type { Speech } from '../call/model.js';
import type { InputPatch, Patch } from '../call/state.js';
import { fault, type Fault, type FaultCode, type Problem } from '../core/fault.js';
import type { Command } from './command.js';

/** A kind of argument: a description and a test. */
type Kind = { readonly reason: string; readonly is: (value: unknown) => boolean };

/** An argument of a command, and its fault code. Default: `invalid-argument`. */
type Field = readonly [name: string, kind: Kind, code?: FaultCode];

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}
function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function maybe({ reason, is }: Kind): Kind {
  return { reason, is: value => value === undefined || is(value) };
}
const flag: Kind = { reason: 'true or false', is: value => typeof value === 'boolean' };
const text: Kind = { reason: 'a text', is: isText };
/** A lone surrogate has no UTF-8 encoding. */
const wellFormed: Kind = { reason: 'well-formed text', is: value => isText(value) && !/\p{Cs}/u.test(value) };
/** An empty body would have no Content-Type on the wire. */
const words: Kind = { reason: 'well-formed text, not empty', is: value => wellFormed.is(value) && value !== '' };
/** A header value; servers accept no longer ones. */
const line: Kind = {
  reason: 'one line, at most 8192 characters',
  is: value => isText(value) && value.length <= 8192 && !/[\p{Cc}\p{Cs}]/u.test(value),
};
const address: Kind = {
  reason: 'a number, a name, or an address',
  is: value => isText(value) && line.is(value) && value.trim() !== '',
};
const headers: Kind = {
  reason: 'header fields by name',
  is: value => isObject(value) && Object.entries(value).flat().every(line.is),
};
const object: Kind = { reason: 'an object', is: isObject };
const destination: Kind = {
  reason: `${address.reason}, or { call }`,
  is: value => isObject(value) && ('target' in value ? address.is(value.target) : 'call' in value),
};
const side: Kind = {
  reason: 'input, output or ringer',
  is: value => ['input', 'output', 'ringer'].includes(value as string),
};
/** A device choice with settings; the volume is checked as a number. */
const setting: Kind = {
  reason: 'a device id, several, or none; processing: true or false',
  is: value => {
    const patch = value as Partial<InputPatch>;
    return (
      [patch.id, ...(patch.others ?? [])].every(maybe(text).is) &&
      (!('processing' in patch) || flag.is(patch.processing))
    );
  },
};

/** Validators per command. An invalid call id fails later with `no-such-call`. */
const fields: { readonly [Tag in Command['_tag']]?: readonly Field[] } = {
  invite: [
    ['target', address, 'invalid-target'],
    ['headers', headers, 'invalid-header'],
    ['context', maybe(object)],
  ],
  reconnectCall: [['name', address, 'no-such-call']],
  hangup: [
    ['reason', maybe(line), 'invalid-header'],
    ['reasonCode', maybe(line), 'invalid-header'],
  ],
  mute: [['on', flag]],
  earmuff: [['on', flag]],
  dtmf: [['tones', text, 'invalid-dtmf']],
  say: [['speech', object]],
  transfer: [['to', destination, 'invalid-target']],
  consent: [['yes', flag]],
  message: [
    ['target', address, 'invalid-target'],
    ['body', words],
    ['contentType', line, 'invalid-header'],
    ['headers', headers, 'invalid-header'],
  ],
  doNotDisturb: [['on', flag]],
  choose: [
    ['side', side],
    ['patch', setting],
  ],
  adjust: [
    ['side', side],
    ['patch', setting],
  ],
};

/** Fault of a malformed command: JavaScript callers may pass anything. */
function invalidFields(command: Command): Fault | undefined {
  const given: Readonly<Record<string, unknown>> = command;
  const wrong = (fields[command._tag] ?? []).find(([name, { is }]) => !is(given[name]));
  if (wrong === undefined) return undefined;
  const [name, { reason }, code = 'invalid-argument'] = wrong;
  return fault(code, { problems: [{ name, reason }] });
}

type Check<Tag extends Command['_tag']> = (command: Extract<Command, { readonly _tag: Tag }>) => Fault | undefined;

function volume({ patch }: Pick<Patch, 'patch'>): Fault | undefined {
  return 'volume' in patch && !Number.isFinite(patch.volume) ? fault('invalid-volume') : undefined;
}

function saysSomething(text: unknown): boolean {
  return isText(text) && text.trim() !== '';
}

function speechProblems({ text, level = 1, loop = 1 }: Speech): readonly Problem[] {
  return [
    ...(saysSomething(text) ? [] : [{ name: 'text', reason: 'something to say' }]),
    ...(Number.isFinite(level) && level >= -1 && level <= 1 ? [] : [{ name: 'level', reason: 'from -1 to 1' }]),
    ...(Number.isInteger(loop) && loop >= 0 ? [] : [{ name: 'loop', reason: 'a whole number, not negative' }]),
  ];
}

/** Checks the arguments of a command. Targets and headers are checked again by the line. */
const checks: { readonly [Tag in Command['_tag']]?: Check<Tag> } = {
  transfer: ({ to, call }) => ('call' in to && to.call === call ? fault('invalid-target') : undefined),
  swap: ({ calls: [a, b] }) => (a === b ? fault('wrong-state') : undefined),
  say: ({ speech }) => {
    const problems = speechProblems(speech);
    return problems.length === 0 ? undefined : fault('invalid-argument', { problems });
  },
  reject: ({ statusCode }) =>
    Number.isInteger(statusCode) && statusCode >= 300 && statusCode <= 699 ? undefined : fault('invalid-status'),
  dtmf: ({ tones }) => (areTones(tones) ? undefined : fault('invalid-dtmf')),
  choose: volume,
  adjust: volume,
};

/** Why this command cannot be taken as it stands. */
export function check(command: Command): Fault | undefined {
  return invalidFields(command) ?? (checks[command._tag] as Check<Command['_tag']> | undefined)?.(command);
}

/** Options of a command; a value that is no object counts as none. */
export function given<A extends object>(options: A | null | undefined): Partial<A> {
  return isObject(options) ? options : {};
}
