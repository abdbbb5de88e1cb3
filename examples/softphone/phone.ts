import { isLeft } from 'callstream';
import { filter, ignoreElements, map, merge, Observable } from 'rxjs';
import type { Account } from './account.js';
import { announcer, titles } from './announcer.js';
import { callList } from './call-list.js';
import { deviceMenu } from './device-menu.js';
import { dialPad } from './dial-pad.js';
import { part, type Piece } from './dom.js';
import { lineBadge } from './line-badge.js';
import { notices } from './notices.js';
import { ringTone } from './ring-tone.js';

const pieces = ({ client, name, extension }: Account): readonly Piece[] => {
  const friend = name === 'bob' ? 'alice' : 'bob';
  return [
    lineBadge(part('#line'), client, `${name} · ${extension}`),
    dialPad(part('#dial'), client, friend),
    deviceMenu(part('#dial'), client),
    callList(part('#calls'), client, friend),
    announcer(client, part('#polite'), part('#urgent')),
    titles(client),
    ringTone(client.session$),
  ];
};

/** A telephone for one account: connected while it is subscribed to. */
export const phone = (account: Account): Observable<never> => {
  const refused$ = merge(...pieces(account)).pipe(
    filter(isLeft),
    map(({ left }) => left),
  );
  const { client } = account;
  // How the line stands is state and shown as such; a notice of it would still be there when it is up again.
  const survived$ = client.fault$.pipe(filter(({ code }) => code !== 'line-lost'));
  return merge(
    notices(part('#notices'), merge(refused$, survived$)).pipe(ignoreElements()),
    new Observable<never>(() => client.connect()),
  );
};
