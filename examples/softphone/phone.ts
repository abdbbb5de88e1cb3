import type { Account } from './account.js';
import { announcer, titles } from './announcer.js';
import { callList } from './call-list.js';
import { deviceMenu } from './device-menu.js';
import { dialPad } from './dial-pad.js';
import { part, type Piece } from './dom.js';
import { ringTone } from './ring-tone.js';

/** The pane of calls: the telephone. */
export const phone = ({ client, name }: Account): readonly Piece[] => {
  const friend = name === 'bob' ? 'alice' : 'bob';
  return [
    dialPad(part('#dial'), client, friend),
    deviceMenu(part('#dial'), client),
    callList(part('#calls'), client, friend),
    announcer(client, part('#polite'), part('#urgent')),
    titles(client),
    ringTone(client.session$),
  ];
};
