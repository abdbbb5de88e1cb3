import type { Devices, InputSettings, OutputSettings, Page, Permission } from './model.js';
import type { DeviceReport } from './port.js';

/** What we know of the platform. */
export type MediaRecord = { readonly devices: Devices; readonly page: Page };

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
};

type Platform = Extract<DeviceReport, { readonly _tag: 'devices' | 'permission' | 'page' | 'playback' }>;

/** What the platform says, folded in. */
export const stepMedia = (record: MediaRecord, report: Platform): MediaRecord => {
  if (report._tag === 'permission') return withDevices(record, { permission: report.permission });
  if (report._tag === 'devices') return withDevices(record, { inputs: report.inputs, outputs: report.outputs });
  if (report._tag === 'playback') return withDevices(record, { playback: report.playback });
  const { online, visible } = report;
  return online === record.page.online && visible === record.page.visible
    ? record
    : { ...record, page: { online, visible } };
};

const withDevices = (record: MediaRecord, devices: Partial<Devices>): MediaRecord => ({
  ...record,
  devices: { ...record.devices, ...devices },
});

/** What calls will begin with from now on. */
export const choosing = (
  record: MediaRecord,
  side: 'input' | 'output' | 'ringer',
  settings: Partial<Devices['input']>,
): MediaRecord => withDevices(record, { [side]: settings });

/** The device that was really opened, as far as the platform says; an opened microphone is a granted one. */
export const opened = (record: MediaRecord, actual: string | undefined): MediaRecord => {
  const { actual: before, ...input } = record.devices.input;
  const permission: Permission = 'granted';
  if (before === actual && record.devices.permission === permission) return record;
  return withDevices(record, { permission, input: { ...input, ...(actual === undefined ? {} : { actual }) } });
};

/** The settings that a call begins with. */
export const settingsOf = ({
  input,
  output,
}: Devices): { readonly input: InputSettings; readonly output: Omit<OutputSettings, 'muted'> } => ({
  input: { volume: input.volume, processing: input.processing, ...idOf(input.chosen) },
  output: { volume: output.volume, ...idOf(output.chosen) },
});

const idOf = (id: string | undefined): { readonly id?: string } => (id === undefined ? {} : { id });
