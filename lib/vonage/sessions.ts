import { BehaviorSubject, firstValueFrom } from 'rxjs';
import { isLeft } from '../core/either.js';
import {
  merged,
  type ClientConfigObject,
  type ClientInitConfigObject,
  type Configured,
  type VonagePlatform,
} from './config.js';
import { Topics } from './enums.js';
import { badConfig, emptyToken, noSession, toError, type Naming } from './error.js';
import { createListeners, type Listeners } from './listeners.js';
import { logging } from './loggers.js';
import { createLogin, type Login, type Streams } from './login.js';
import type { Nullable } from './option.js';
import { sourcesOf } from './sources.js';
import type { Outcome } from '../core/port.js';

/** The sessions of one client, and its callbacks. */
export interface Sessions {
  readonly listeners: Listeners;
  /** Client of the active session. */
  readonly streams: () => Streams | undefined;
  readonly configure: (config: ClientConfigObject) => void;
  readonly create: (token: string, sessionId?: Nullable<string>) => Promise<string>;
  readonly end: () => Promise<void>;
  readonly refresh: (token: string) => Promise<void>;
  /** Runs a command of the active session, mapped to the document. */
  readonly ask: <A, B>(command: (streams: Streams) => Outcome<A>, to: (result: A) => B, naming?: Naming) => Promise<B>;
  /** Platform resources of the active session. */
  readonly platform: () => Login['platform'] | undefined;
}

export function createSessions(init: ClientInitConfigObject, platform: VonagePlatform): Sessions {
  // The login, and the configuration of the next one.
  const present$ = new BehaviorSubject<Login | undefined>(undefined);
  let config: Configured = merged({}, init);
  const log = logging(init);

  const prepare = (token: string, sessionId: Nullable<string>): Login => {
    try {
      return createLogin({ token, sessionId, config, platform, log });
    } catch (cause) {
      throw badConfig(cause);
    }
  };

  const active = (): Login => {
    const login = present$.value;
    if (login?.isActive() !== true) throw noSession();
    return login;
  };

  const settled = async <A, B>(
    { orGone }: Login,
    outcome$: Outcome<A>,
    to: (result: A) => B,
    naming: Naming = toError,
  ): Promise<B> => {
    const outcome = await firstValueFrom(orGone(outcome$));
    if (!isLeft(outcome)) return to(outcome.right);
    log('Warn', { name: Topics.API, tag: outcome.left.code }, outcome.left.message);
    throw naming(outcome.left);
  };

  const forget = (login: Login | undefined): void => {
    if (login !== undefined && present$.value === login) present$.next(undefined);
  };

  return {
    listeners: createListeners(sourcesOf(present$), event => {
      log(
        'Warn',
        { name: Topics.API, tag: 'on' },
        `There is no event ${JSON.stringify(event)}: its callback is never called.`,
      );
    }),
    streams: () => {
      const login = present$.value;
      return login?.isActive() === true ? login.client : undefined;
    },
    configure: over => {
      config = merged(config, over);
    },
    create: async (token, sessionId) => {
      if (isEmpty(token)) throw emptyToken();
      const login = prepare(token, sessionId);
      const former = present$.value;
      present$.next(login);
      try {
        await former?.leave();
        return await login.enter();
      } catch (error) {
        forget(login);
        throw error;
      }
    },
    end: async () => {
      const login = present$.value;
      await login?.leave();
      forget(login);
    },
    refresh: async token => {
      if (isEmpty(token)) throw emptyToken();
      const login = active();
      return settled(login, login.refresh(token), () => undefined);
    },
    ask: async (command, to, naming) => {
      const login = active();
      return settled(login, command(login.client), to, naming);
    },
    platform: () => present$.value?.platform,
  };
}

/** True unless the token is a non-empty string. */
function isEmpty(token: unknown): boolean {
  return typeof token !== 'string' || token === '';
}
