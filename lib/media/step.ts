import { compact } from '../core/compact.js';
import type { Choice, Device, Devices, InputSettings, OutputSettings, Page, Permission } from './model.js';
import type { DeviceReport } from './port.js';

/** State of the platform. */
export type MediaRecord = {
  readonly devices: Devices;
  readonly page: Page;
  /** True after the first list of devices: an empty one means nothing before. */
  readonly known: { readonly inputs: boolean; readonly outputs: boolean };
  /** True where the open microphone has left the list; until one is opened again. */
  readonly vanished: boolean;
};

export const newMedia: MediaRecord = {
  devices: {
    permission: 'unknown',
    inputs: [],
    outputs: [],
    input: { others: [], use: 'chosen', volume: 1, processing: true },
    output: { others: [], use: 'chosen', volume: 1 },
    ringer: { others: [], use: 'chosen', volume: 1 },
    playback: 'unknown',
  },
  page: { online: true, visible: true },
  known: { inputs: false, outputs: false },
  vanished: false,
};

type Platform = Extract<DeviceReport, { readonly _tag: 'devices' | 'permission' | 'page' | 'playback' }>;

/** Applies a report of the platform. */
export function stepMedia(record: MediaRecord, report: Platform): MediaRecord {
  if (report._tag === 'permission') return withDevices(record, { permission: report.permission });
  if (report._tag === 'devices') return listing(record, report);
  if (report._tag === 'playback') return withDevices(record, { playback: report.playback });
  const { online, visible } = report;
  return online === record.page.online && visible === record.page.visible
    ? record
    : { ...record, page: { online, visible } };
}

function withDevices(record: MediaRecord, devices: Partial<Devices>): MediaRecord {
  return {
    ...record,
    devices: { ...record.devices, ...devices },
  };
}

function listing(record: MediaRecord, { inputs, outputs }: Pick<Devices, 'inputs' | 'outputs'>): MediaRecord {
  const { known, devices, vanished } = record;
  const { actual } = devices.input;
  const leaves = has(devices.inputs, actual) && !has(inputs, actual);
  return {
    ...withDevices(record, { inputs, outputs }),
    known: { inputs: known.inputs || inputs.length > 0, outputs: known.outputs || outputs.length > 0 },
    vanished: leaves || vanished,
  };
}

function has(devices: readonly Device[], id: string | undefined): boolean {
  return devices.some(device => device.id === id);
}

export type Side = 'input' | 'output' | 'ringer';

/** Settings of future calls. */
export function choosing(record: MediaRecord, side: Side, settings: Partial<Devices['input']>): MediaRecord {
  return withDevices(record, { [side]: settings });
}

/** The opened device, where the platform has its id; an opened microphone proves the permission. */
export function opened(record: MediaRecord, actual: string | undefined): MediaRecord {
  const { actual: before, ...input } = record.devices.input;
  const permission: Permission = 'granted';
  if (before === actual && record.devices.permission === permission && !record.vanished) return record;
  const there = withDevices(record, { permission, input: { ...input, ...compact({ actual }) } });
  return { ...there, vanished: false };
}

/** Sets `input.silenced`. Returns the same record when nothing changes. */
export function silencing(record: MediaRecord, silenced: boolean): MediaRecord {
  const { silenced: before = false, ...input } = record.devices.input;
  if (before === silenced) return record;
  return withDevices(record, { input: silenced ? { ...input, silenced } : input });
}

/** The microphone is not in use: none is missed. */
export function released(record: MediaRecord): MediaRecord {
  return record.vanished ? { ...record, vanished: false } : record;
}

/** It is seen how a choice stands: the very same record where nothing of it has changed. */
export function standing(record: MediaRecord, side: Side, use: Choice['use']): MediaRecord {
  return record.devices[side].use === use ? record : withDevices(record, { [side]: { ...record.devices[side], use } });
}

/** The devices that a choice is made of. */
export function listOf(side: Side): 'inputs' | 'outputs' {
  return side === 'input' ? 'inputs' : 'outputs';
}

export type Wish = Pick<Choice, 'chosen' | 'others'>;

export function wishFor(chosen: string | undefined, others: readonly string[]): Wish {
  return {
    others,
    ...compact({ chosen }),
  };
}

/**
 * The device that a wish comes to, none for the platform's own:
 *
 *     wished  a, else b    a, else b    a, else b    a, else b    none
 *     there   a b          b c          c            ?            a b
 *     device  a            b            none         a            none
 *
 * Where no list is known it is as wished.
 */
export function effective({ chosen, others }: Wish, devices: readonly Device[]): string | undefined {
  if (chosen === undefined || devices.length === 0) return chosen;
  return [chosen, ...others].find(id => has(devices, id));
}

/** True where a device is known to be absent; the platform's default never is. */
export function isGone({ devices, known }: MediaRecord, side: Side, id: string | undefined): boolean {
  const list = devices[listOf(side)];
  return list.length === 0 ? known[listOf(side)] : id !== undefined && !has(list, id);
}

/** Effective choice of all calls without a choice of their own. */
export function useOf(record: MediaRecord, side: Side): Choice['use'] {
  const { [side]: choice, [listOf(side)]: list } = record.devices;
  const device = effective(choice, list);
  if (isGone(record, side, device)) return 'lost';
  return device === choice.chosen ? 'chosen' : 'fallback';
}

/** The settings that a call begins with. */
export function settingsOf({ input, output, inputs, outputs }: Devices): {
  readonly input: InputSettings;
  readonly output: Omit<OutputSettings, 'muted'>;
} {
  return {
    input: { volume: input.volume, processing: input.processing, ...idOf(effective(input, inputs)) },
    output: { volume: output.volume, ...idOf(effective(output, outputs)) },
  };
}

/** The settings to ring with. */
export function ringerOf({ ringer, outputs }: Devices): OutputSettings {
  return {
    volume: ringer.volume,
    muted: false,
    ...idOf(effective(ringer, outputs)),
  };
}

function idOf(id: string | undefined): { readonly id?: string } {
  return id === undefined ? {} : { id };
}
