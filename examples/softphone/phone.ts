import type { Observable } from 'rxjs';
import type { Account } from './account.js';
import { announcer, titles } from './announcer.js';
import { callList } from './call-list.js';
import { deviceMenu } from './device-menu.js';
import { dialPad } from './dial-pad.js';
import { part, type Piece } from './dom.js';
import { mediaMissing } from './media-missing.js';
import { peoplePanel } from './people-panel.js';
import { preflightPanel } from './preflight-panel.js';
import { ringTone } from './ring-tone.js';
import type { Shown } from './shown-calls.js';

/** The pane of calls: the telephone. */
export const phone = ({ client, name }: Account, shown$: Observable<readonly Shown[]>): readonly Piece[] => {
  const friend = name === 'bob' ? 'alice' : 'bob';
  return [
    dialPad(part('#dial'), client, friend),
    deviceMenu(part('#devices'), client),
    preflightPanel(part('#devices'), client),
    peoplePanel(part('#people'), client, name),
    callList(part('#calls'), client, shown$, friend),
    announcer(client, shown$, part('#polite'), part('#urgent')),
    titles(shown$),
    ringTone(shown$),
    mediaMissing(shown$),
  ];
};
