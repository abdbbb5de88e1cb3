import type { QualitySummary } from '../call/model.js';
import type { Fault } from '../kernel/fault.js';
import type { Millis } from '../kernel/units.js';
import type { InviteOptions } from './model.js';

export type PreflightOptions = InviteOptions & {
  /** A number that sends back what it hears; `echo` unless given. */
  readonly target?: string;
  /** How long it is listened to; 6000 ms. There is no score for the first 2000 of them. */
  readonly duration?: Millis;
};

/** One step of the test: `running` before it has passed or failed, `skipped` where it cannot be made. */
export type PreflightStep = {
  readonly _tag: 'step';
  readonly step: 'permission' | 'device' | 'socket' | 'register' | 'ice' | 'loopback';
  readonly state: 'running' | 'passed' | 'failed' | 'skipped';
  /** Why it has failed. */
  readonly fault?: Fault;
  /** The microphone, the line, the score. */
  readonly detail?: string;
};

/** What has come of it: `passed` where nothing failed. */
export type PreflightReport = {
  readonly _tag: 'report';
  readonly passed: boolean;
  /** How each of them ended. */
  readonly steps: readonly PreflightStep[];
  readonly quality?: QualitySummary;
};

export type Preflight = PreflightStep | PreflightReport;
